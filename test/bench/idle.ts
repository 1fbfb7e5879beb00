import { setTimeout as wait } from 'node:timers/promises'
import type { Host } from '../lab/host.ts'
import { cpuTicksOf, ownMemoryOf, pidOf, residentMemoryOf } from '../stories/footprint.ts'
import type { Sample } from './measure.ts'
import type { OrdinaryHost } from './ordinary-host.ts'
import type { Figure, Report } from './table.ts'

const ROUNDS = 3
const NODE = '/usr/lib/linux-patch-agent/node'
/** What an agent is asked for in a day, after which it is left alone. */
const ASKED = ['/api/v1/health', '/api/v1/packages?limit=1000', '/api/v1/patches?limit=1000']
const SETTLED_MS = 8000
const MINUTE_MS = 60_000

type Footprint = { fresh: Sample; asked: Sample; resident: Sample; cpu: Sample }

/** What an agent that waits takes of its host, beside a Node that does nothing. */
export async function idle(ordinary: OrdinaryHost): Promise<Report> {
  const { host } = ordinary
  const agent: Footprint = { fresh: [], asked: [], resident: [], cpu: [] }
  for (let round = 1; round <= ROUNDS; round++) {
    console.error(`  round ${round} of ${ROUNDS}`)
    await measure(ordinary, agent)
  }
  const node = await idleNode(host)
  const [pid, nodePid] = [await pidOf(host), node.pid]
  const [began, nodeBegan] = [await cpuTicksOf(host, pid), await cpuTicksOf(host, nodePid)]
  await wait(MINUTE_MS)
  agent.cpu.push(10 * ((await cpuTicksOf(host, pid)) - began))
  const nodeCpu = 10 * ((await cpuTicksOf(host, nodePid)) - nodeBegan)
  const own = await ownMemoryOf(host, nodePid)
  const resident = await residentMemoryOf(host, nodePid)
  await host.sh(`kill ${nodePid}`)

  const figure = (unit: Figure['unit'], name: string, sample: Sample, theirs: number): Figure => ({
    unit,
    ours: { name, sample },
    beside: { name: 'idle `node`', sample: [theirs] },
  })
  return {
    figures: [
      figure('MiB', 'agent started, its own memory', agent.fresh, own),
      figure('MiB', 'agent idle after all lists were asked for, its own memory', agent.asked, own),
      figure('MiB', 'the same with what it shares: resident', agent.resident, resident),
      figure('ms', 'agent idle, processor time in a minute', agent.cpu, nodeCpu),
    ],
    notes: [
      'Own memory is Private_Clean and Private_Dirty of smaps_rollup: what the host would have back without the agent.',
    ],
  }
}

async function measure({ host, caller }: OrdinaryHost, { fresh, asked, resident }: Footprint) {
  await host.sh('systemctl restart linux-patch-agent')
  const pid = await pidOf(host)
  await wait(SETTLED_MS)
  fresh.push(await ownMemoryOf(host, pid))
  for (const path of ASKED) await caller.ask(path)
  await wait(SETTLED_MS)
  asked.push(await ownMemoryOf(host, pid))
  resident.push(await residentMemoryOf(host, pid))
}

async function idleNode(host: Host) {
  const waiting = `${NODE} -e 'setInterval(() => {}, 60000)'`
  return { pid: (await host.sh(`${waiting} >/dev/null 2>&1 </dev/null & echo $!`)).trim() }
}
