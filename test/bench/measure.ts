import type { Host } from '../lab/host.ts'

/** The same thing measured again and again, in milliseconds or MiB. */
export type Sample = number[]

type Side = () => Promise<number | Sample>

/** Lets the sides take turns, A B A B, so that whatever else this machine does meanwhile falls on all of them. */
export async function interleave<Name extends string>(
  rounds: number,
  sides: Record<Name, Side>,
): Promise<Record<Name, Sample>> {
  const names = Object.keys(sides) as Name[]
  const taken = Object.fromEntries(names.map((name): [string, Sample] => [name, []])) as Record<
    Name,
    Sample
  >
  for (let round = 1; round <= rounds; round++)
    for (const name of names) {
      taken[name].push(...[await sides[name]()].flat())
      console.error(`  round ${round} of ${rounds}: ${name} ${taken[name].at(-1)?.toFixed(1)}`)
    }
  return taken
}

export const median = (sample: Sample): number => quantile(sample, 0.5)

/** The value that this share of the sample does not exceed, between two neighbours where it must be. */
export function quantile(sample: Sample, share: number): number {
  const sorted = sample.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  if (low === undefined || high === undefined) throw new Error('Nothing was measured.')
  return low + (high - low) * (place - Math.floor(place))
}

export async function time(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** How long a command takes in a host, by that host's clock: the way into the host does not count. */
export async function timeIn(host: Host, command: string): Promise<number> {
  const printed = await host.sh(
    `began=$(date +%s%N); ${command} >/dev/null; echo $((($(date +%s%N) - began) / 1000))`,
  )
  return Number(printed) / 1000
}
