import { runJob } from '../stories/fleet.ts'
import { until } from '../stories/until.ts'
import { interleave, timeIn } from './measure.ts'
import type { OrdinaryHost } from './ordinary-host.ts'
import type { Figure, Report } from './table.ts'
import { timelineOf, timelineTable, type Timeline } from './timeline.ts'
import {
  checkDone,
  findPatches,
  goBack,
  prepare,
  publish,
  upgrades,
  type Upgrade,
} from './upgrades.ts'

/** The same upgrade as a job of the manager and by hand, in turn. */
export async function job(ordinary: OrdinaryHost): Promise<Report> {
  await publish(ordinary)
  const figures: Figure[] = []
  const timelines: Record<string, Timeline[]> = {}
  for (const upgrade of Object.values(upgrades)) {
    const { figure, taken } = await compare(ordinary, upgrade)
    figures.push(figure)
    timelines[upgrade.title] = taken
  }
  const notes = [
    "What is upgraded is made for tests and comes from this machine; the host's disk is in memory.",
    `\n${timelineTable(timelines)}`,
  ]
  return { figures, notes }
}

async function compare(ordinary: OrdinaryHost, upgrade: Upgrade) {
  const { host } = ordinary
  const timelines: Timeline[] = []
  await prepare(host, upgrade)
  const { managed, byHand } = await interleave(upgrade.rounds, {
    async managed() {
      const { milliseconds, timeline } = await byJob(ordinary, upgrade)
      timelines.push(timeline)
      return milliseconds
    },
    async byHand() {
      await goBack(host, upgrade)
      const milliseconds = await timeIn(host, `apt-get -y install ${upgrade.newer.join(' ')}`)
      await checkDone(host, upgrade)
      return milliseconds
    },
  })
  const figure: Figure = {
    unit: 'ms',
    ours: { name: `job, ${upgrade.title}`, sample: managed },
    beside: { name: 'the same by `apt-get install`', sample: byHand },
  }
  return { figure, taken: timelines }
}

async function byJob(ordinary: OrdinaryHost, upgrade: Upgrade) {
  const { host, id, manager, caller } = ordinary
  const patches = await findPatches(ordinary, upgrade)
  const asked_at = Date.now()
  const ended = await runJob(manager, { kind: 'patch_apply', host_ids: [id], patches })
  if (ended.status !== 'completed' || !ended.completed_at)
    throw new Error(`The job ended ${ended.status}: ${ended.hosts[0]?.last_error}`)
  await checkDone(host, upgrade)
  await isRead(ordinary, ended.completed_at)

  const agent_job = await caller.api.getJob({ job_id: ended.hosts[0]?.agent_job_id ?? '' })
  return {
    milliseconds: Date.parse(ended.completed_at) - asked_at,
    timeline: await timelineOf({ asked_at, job: ended, agent_job, host }),
  }
}

/** The manager reads a host again after its job; what is measured next must not run beside that. */
const isRead = ({ manager, id }: OrdinaryHost, since: string) =>
  until('the manager has read the host again', async () => {
    const { updates } = await manager.api.getHost({ id })
    return updates.read_at !== null && updates.read_at >= since
  })
