import { interleave, time, timeIn } from './measure.ts'
import type { OrdinaryHost } from './ordinary-host.ts'
import type { Report } from './table.ts'

const ROUNDS = 7
const CALLS = 20

/** The list of all packages with their updates, from the agent and from the host's own tools. */
export async function packages(ordinary: OrdinaryHost): Promise<Report> {
  const { host } = ordinary
  const taken = await interleave(ROUNDS, {
    cold: () => changed(ordinary, () => time(() => list(ordinary))),
    warm: () => again(CALLS, () => time(() => list(ordinary))),
    dpkg: () => timeIn(host, 'dpkg-query -W'),
    apt: () => changed(ordinary, () => timeIn(host, 'apt list --upgradable')),
  })
  return {
    figures: [
      {
        unit: 'ms',
        ours: { name: 'Package list from the agent, nothing changed', sample: taken.warm },
        beside: { name: '`dpkg-query -W`', sample: taken.dpkg },
      },
      {
        unit: 'ms',
        ours: { name: 'Package list from the agent, packages changed', sample: taken.cold },
        beside: { name: '`apt list --upgradable`', sample: taken.apt },
      },
    ],
    notes: [],
  }
}

/** All of it over a connection that is kept, with the manager's certificate. */
async function list({ caller }: OrdinaryHost) {
  const { status } = await caller.ask('/api/v1/packages?limit=1000')
  if (status !== 200) throw new Error(`The agent answered ${status}.`)
}

/** Makes every cache of what is installed invalid, the agent's and apt's, as any transaction does. */
async function changed<Result>({ host }: OrdinaryHost, measure: () => Promise<Result>) {
  await host.sh('touch /var/lib/dpkg/status')
  return measure()
}

async function again(times: number, measure: () => Promise<number>): Promise<number[]> {
  const sample: number[] = []
  while (sample.length < times) sample.push(await measure())
  return sample
}
