import { again, changed, timeToAnswer } from './asking.ts'
import { interleave, timeIn } from './measure.ts'
import type { OrdinaryHost } from './ordinary-host.ts'
import type { Report } from './table.ts'

const ROUNDS = 7
const CALLS = 20
const APT = 'apt list --upgradable'

/** The list of all packages with their updates, from the agent and from apt. */
export async function packages(ordinary: OrdinaryHost): Promise<Report> {
  const { host } = ordinary
  const list = () => timeToAnswer(ordinary, '/api/v1/packages?limit=1000')
  const taken = await interleave(ROUNDS, {
    cold: () => changed(ordinary, list),
    warm: () => again(CALLS, list),
    aptCold: () => changed(ordinary, () => timeIn(host, APT)),
    aptWarm: () => timeIn(host, APT),
  })
  return {
    figures: [
      {
        unit: 'ms',
        ours: { name: 'package list from the agent, nothing changed', sample: taken.warm },
        beside: { name: `\`${APT}\``, sample: taken.aptWarm },
      },
      {
        unit: 'ms',
        ours: { name: 'package list from the agent, packages changed', sample: taken.cold },
        beside: { name: `\`${APT}\``, sample: taken.aptCold },
      },
    ],
    notes: [],
  }
}
