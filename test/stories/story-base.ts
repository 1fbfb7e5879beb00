import { suite, test, type TestContext } from 'node:test'
import { livesByDnf, type Base } from '../lab/root.ts'
import { skipWithout } from '../needs.ts'

/** What the stories are told on, all of it by `npm run matrix`. */
export const storyBases = [
  'debian-12',
  'debian-13',
  'ubuntu-24.04',
  'dnf',
  'dnf5',
] as const satisfies Base[]
export type StoryBase = (typeof storyBases)[number]

/** One of each kind of host: what every run of the tests tells the stories of hosts on. */
const eachKind = ['debian-12', 'dnf'] as const satisfies StoryBase[]

/** The base that LAB_BASE names, or the first. */
export const storyBase = (): StoryBase => chosenBase() ?? storyBases[0]

function chosenBase(): StoryBase | undefined {
  const named = process.env.LAB_BASE
  if (named === undefined || isStoryBase(named)) return named
  throw new Error(`LAB_BASE is ${named}; the stories are told on ${storyBases.join(', ')}.`)
}

export const isStoryBase = (name: string): name is StoryBase =>
  (storyBases as readonly string[]).includes(name)

type Tell = (t: TestContext, base: StoryBase) => Promise<void>

/** Tells a story on a host of each kind, both at once; or on the base that LAB_BASE names. */
export function onEachKind(title: string, tell: Tell) {
  const chosen = chosenBase()
  tellOn(chosen ? [chosen] : eachKind, title, tell)
}

/** Tells a story that only hosts of one kind have; nothing where LAB_BASE names one of the other. */
export function onKind(kind: 'apt' | 'dnf', title: string, tell: Tell) {
  const chosen = chosenBase()
  const bases: readonly StoryBase[] = chosen ? [chosen] : eachKind
  tellOn(
    bases.filter((base) => livesByDnf(base) === (kind === 'dnf')),
    title,
    tell,
  )
}

/** For all the steps of a story; each of them limits for itself how long it waits. */
const timeout = 15 * 60_000

function tellOn(bases: readonly StoryBase[], title: string, tell: Tell) {
  void suite(title, { concurrency: eachKind.length, timeout }, () => {
    for (const base of bases)
      test(`on ${base}`, { skip: skipOn(base), timeout }, (t) => tell(t, base))
  })
}

export const skipOn = (base: StoryBase) => skipWithout(livesByDnf(base) ? 'dnf' : 'lab')
