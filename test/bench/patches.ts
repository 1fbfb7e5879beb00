import { again, changed, timeToAnswer } from './asking.ts'
import { interleave, timeIn } from './measure.ts'
import type { OrdinaryHost } from './ordinary-host.ts'
import type { Report } from './table.ts'

const ROUNDS = 7
const CALLS = 20
/** What a person would ask to learn the same; it ends with 1, for its own "no". */
const APT = 'apt-get --assume-no dist-upgrade'

/** The patches of a host with what holds some of them back, from the agent and from apt. */
export async function patches(ordinary: OrdinaryHost): Promise<Report> {
  const { host } = ordinary
  const list = () => timeToAnswer(ordinary, '/api/v1/patches?limit=1000')
  const ask = () => timeIn(host, `{ ${APT} || true; }`)
  const taken = await interleave(ROUNDS, {
    cold: () => changed(ordinary, list),
    warm: () => again(CALLS, list),
    aptCold: () => changed(ordinary, ask),
    aptWarm: ask,
  })
  return {
    figures: [
      {
        unit: 'ms',
        ours: { name: 'patches from the agent, nothing changed', sample: taken.warm },
        beside: { name: `\`${APT}\``, sample: taken.aptWarm },
      },
      {
        unit: 'ms',
        ours: { name: 'patches from the agent, packages changed', sample: taken.cold },
        beside: { name: `\`${APT}\``, sample: taken.aptCold },
      },
    ],
    notes: [],
  }
}
