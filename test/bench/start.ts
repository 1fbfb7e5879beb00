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
/** For as long the agent is left alone before its memory is read. */
const QUIET_SECONDS = 1

/** How soon the agent can be called after its start and what it then takes, beside a Node that does nothing. */
export async function start(ordinary: OrdinaryHost): Promise<Report> {
  const { host } = ordinary
  const [listening, healthy]: [number[], number[]] = [[], []]
  const taken = await interleave(ROUNDS, {
    async agent() {
      const took = await startAgent(ordinary)
      listening.push(took.listening)
      healthy.push(took.healthy)
      await wait(QUIET_SECONDS * 1000)
      return memoryOf(host, await host.sh(`systemctl show --property=MainPID --value ${UNIT}`))
    },
    node: () => timeIn(host, `${NODE} -e ''`),
    idle: () => idleNode(host),
  })
  const node = { name: "`node -e ''`, to its end", sample: taken.node }
  return {
    figures: [
      { unit: 'ms', ours: { name: 'Agent started, listens', sample: listening }, beside: node },
      { unit: 'ms', ours: { name: 'Agent started, says health', sample: healthy }, beside: node },
      {
        unit: 'MiB',
        ours: { name: 'Agent idle, resident memory', sample: taken.agent },
        beside: { name: 'idle `node`', sample: taken.idle },
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

async function memoryOf(host: Host, pid: string): Promise<number> {
  const status = await host.read(`/proc/${pid.trim()}/status`)
  const [, kibibytes] = /^VmRSS:\s*(\d+) kB$/m.exec(status) ?? []
  if (!kibibytes) throw new Error(`Process ${pid} has no memory:\n${status}`)
  return Number(kibibytes) / 1024
}

async function idleNode(host: Host): Promise<number> {
  const idle = `${NODE} -e 'setInterval(() => {}, 60000)'`
  const pid = await host.sh(`${idle} >/dev/null 2>&1 </dev/null & echo $!`)
  await wait(1000)
  const memory = await memoryOf(host, pid)
  await host.sh(`kill ${pid}`)
  return memory
}
