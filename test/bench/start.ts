import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Host } from '../lab/host.ts'
import { until } from '../stories/until.ts'
import { interleave, timeIn } from './measure.ts'
import type { OrdinaryHost } from './ordinary-host.ts'
import type { Report } from './table.ts'

const ROUNDS = 5
const NODE = '/usr/lib/linux-patch-agent/node'
const UNIT = 'linux-patch-agent'

/** How soon the agent can be called after its start, beside a Node that does nothing. */
export async function start(ordinary: OrdinaryHost): Promise<Report> {
  const { host } = ordinary
  const healthy: number[] = []
  const taken = await interleave(ROUNDS, {
    async agent() {
      const took = await startAgent(ordinary)
      healthy.push(took.healthy)
      return took.listening
    },
    node: () => timeIn(host, `${NODE} -e ''`),
  })
  const node = { name: "`node -e ''`, to its end", sample: taken.node }
  return {
    figures: [
      {
        unit: 'ms',
        ours: { name: 'agent started, until it listens', sample: taken.agent },
        beside: node,
      },
      {
        unit: 'ms',
        ours: { name: 'agent started, until it says health', sample: healthy },
        beside: node,
      },
    ],
    notes: ['The first health report includes `apt-get check` of the whole host.'],
  }
}

/** From the start of its process, by the clock that this machine and its hosts share. */
async function startAgent({ host, caller }: OrdinaryHost) {
  await host.sh(`systemctl stop ${UNIT}`)
  const [listening, healthy] = await Promise.all([
    firstConnection(host).then(async (at) => [at, await firstHealth(caller)] as const),
    host.startAgent(),
  ]).then(([times]) => times)
  const property = 'ExecMainStartTimestampMonotonic'
  const began =
    Number(await host.sh(`systemctl show --property=${property} --value ${UNIT}`)) / 1000
  return { listening: listening - began, healthy: healthy - began }
}

const clock = () => Number(process.hrtime.bigint()) / 1e6

async function firstConnection(host: Host): Promise<number> {
  const deadline = clock() + 20_000
  while (!(await isListening(host))) {
    if (clock() > deadline) throw new Error('The agent does not listen.')
    await wait(2)
  }
  return clock()
}

async function isListening({ address }: Host): Promise<boolean> {
  const socket = connect(12443, address)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function firstHealth(caller: OrdinaryHost['caller']): Promise<number> {
  await until('the agent says that it is well', async () => {
    const { status } = await caller.ask('/api/v1/health')
    return status === 200
  })
  return clock()
}
