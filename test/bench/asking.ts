import { time } from './measure.ts'
import type { OrdinaryHost } from './ordinary-host.ts'

/** How long an answer takes, all of it, over a connection that is kept, with the manager's certificate. */
type Asked = { caller: Pick<OrdinaryHost['caller'], 'ask'> }
export const timeToAnswer = ({ caller }: Asked, path: string): Promise<number> =>
  time(async () => {
    const { status } = await caller.ask(path)
    if (status !== 200) throw new Error(`The agent answered ${status}.`)
  })

/** Makes every cache of what is installed invalid, the agent's and apt's, as any transaction does. */
export async function changed<Result>({ host }: OrdinaryHost, measure: () => Promise<Result>) {
  await host.sh('touch /var/lib/dpkg/status')
  return measure()
}

export async function again(times: number, measure: () => Promise<number>): Promise<number[]> {
  const sample: number[] = []
  while (sample.length < times) sample.push(await measure())
  return sample
}
