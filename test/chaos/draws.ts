import fc from 'fast-check'

/** The phases of a job in which something can happen to it, in the agent's own words. */
export const PHASES = ['queued', 'plan', 'download', 'prepare', 'install', 'verify'] as const

/** What happens to a job or to its agent before it has ended. */
export const TROUBLES = ['cancelled', 'killed', 'restarted'] as const
export type Trouble = (typeof TROUBLES)[number]

/** The packages that chaos moves, each in the versions that it may have; `null` is to be gone. */
const VERSIONS: Record<string, (string | null)[]> = {
  'lab-hello': ['1.0-1', '1.1-1', null],
  'lab-base': ['1.0-1', null],
  'lab-lib': ['1.0-1', '1.0-2', null],
  'lab-libtool': ['1.0-1', '1.0-2', null],
  'lab-sleep': ['1.0-1', '2.0-1', null],
  'lab-fail': ['1.0-1', '2.0-1', null],
  'lab-conf': ['1.0-1', '2.0-1', null],
  'chaos-conf': ['1.0-1', '2.0-1', null],
  'chaos-bulky': ['1.0-1', '2.0-1', null],
  'lab-newdep': ['1.0-1', '2.0-1', null],
  'lab-conflict': ['1.0-1', '2.0-1', null],
  'lab-victim': ['1.0-1', null],
  'lab-keptback': ['1.0-1', '2.0-1', null],
  'lab-kernelish': ['1.0-1', '2.0-1', null],
  'lab-svc': ['1.0-1', '2.0-1', null],
  'lab-ma': ['1.0-1', '1.1-1', null],
  'lab-mta-a': ['1.0-1', null],
  'lab-needs-mta': ['1.0-1', null],
  'lab-held': ['1:1.0-1', '1:1.1-1', null],
}
export type Target = { name: string; version: string | null; other: string | null }

/** So many times of four, and else null. */
const sometimes = <Value>(drawn: fc.Arbitrary<Value>, times: 1 | 2 | 3) =>
  fc.oneof({ weight: times, arbitrary: drawn }, { weight: 4 - times, arbitrary: fc.constant(null) })

const target = fc
  .constantFrom(...Object.keys(VERSIONS))
  .chain((name) => fc.tuple(fc.constant(name), fc.shuffledSubarray(VERSIONS[name] ?? [])))
  .filter(([, versions]) => versions.length > 1)
  .map(([name, [version = null, other = null]]): Target => ({ name, version, other }))

const several = fc.uniqueArray(target, { minLength: 1, maxLength: 4, selector: ({ name }) => name })

const wish = fc.oneof(
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('move' as const), targets: several }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('patches' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('rollback' as const),
      /** Which of the jobs before it, counted from the newest. */
      back: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(5) }),
    }),
  },
)

const moment = fc.record({
  /** `asked` is while the request is on its way, `any` so many milliseconds after it was answered. */
  phase: fc.constantFrom('asked' as const, 'any' as const, 'install' as const, ...PHASES),
  delay_ms: fc.oneof(fc.constant(0), fc.nat(120), fc.nat(2500)),
})

const scenery = fc.record({
  /** How long lab-sleep takes to configure. */
  sleep_seconds: fc.constantFrom(0, 0, 1, 2),
  /** Whether the postinst of lab-fail fails. */
  fails: fc.boolean(),
  /** Whether apt has forgotten what it fetched before. */
  is_cleaned: fc.boolean(),
  /** Whether something the administrator wrote stands in a configuration file. */
  is_edited: fc.boolean(),
  /** A package that the administrator marks first, if it is there. */
  marked: sometimes(
    fc.record({ name: fc.constantFrom(...Object.keys(VERSIONS)), automatic: fc.boolean() }),
    1,
  ),
})

const draw = fc.record({
  wish,
  scenery,
  trouble: sometimes(fc.constantFrom(...TROUBLES), 3),
  moment,
  /** Another kill, so long after the agent is back. */
  again_ms: sometimes(fc.nat(1500), 1),
  force: fc.boolean(),
  purge: fc.boolean(),
})
export type Draw = typeof draw extends fc.Arbitrary<infer Value> ? Value : never

/** The same draws for the same seed; a shorter run begins as a longer one does. */
export const drawMany = (seed: number, count: number): Draw[] =>
  fc.sample(draw, { seed, numRuns: count })
