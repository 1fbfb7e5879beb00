import type { AgentJob } from '@linux-patch/shared/agent-job'
import type { JobDetail } from '@linux-patch/shared/job'
import type { Host } from '../lab/host.ts'
import { median } from './measure.ts'
import { markdown, say } from './table.ts'

/** How long each stage of a job took, in milliseconds; of some, how long apt-get itself ran. */
export type Timeline = Record<Stage, number>
type Stage = keyof typeof stages

const stages = {
  queue: 'queued at the manager, until it is claimed',
  dispatch: 'handed to the agent, until it has a job',
  plan: 'looked at and planned',
  download: 'downloaded, until the agent knows',
  download_unit: '… of that, the unit that downloads',
  install: 'installed, until the agent knows',
  install_unit: '… of that, the unit that installs',
  verify: 'checked',
  noticed: 'noticed by the manager',
} as const

type Told = { asked_at: number; job: JobDetail; agent_job: AgentJob; host: Host }

/** Takes a job apart by what the manager, the agent and systemd wrote down about it, all by one clock. */
export async function timelineOf({ asked_at, job, agent_job, host }: Told): Promise<Timeline> {
  const said = (pattern: RegExp) => {
    const line = agent_job.logs.find(({ message }) => pattern.test(message))
    if (!line) throw new Error(`The job's log does not say ${pattern.source}.`)
    return Date.parse(line.timestamp)
  }
  const claimed = Date.parse(job.started_at ?? '')
  const taken = Date.parse(agent_job.created_at)
  const [planned, downloaded] = [said(/^The plan has /), said(/^download ended/)]
  const installed = said(/^install ended/)
  const over = Date.parse(agent_job.completed_at ?? '')
  return {
    queue: claimed - asked_at,
    dispatch: taken - claimed,
    plan: planned - taken,
    download: downloaded - planned,
    download_unit: await unitTime(host, agent_job.job_id, 'download'),
    install: installed - downloaded,
    install_unit: await unitTime(host, agent_job.job_id, 'install'),
    verify: over - installed,
    noticed: Date.parse(job.completed_at ?? '') - over,
  }
}

/**
 * Reads what systemd wrote into the journal when a unit started and when it had ended:
 *
 *     1763810000.123456 web systemd[1]: Started linux-patch-job-….service - Linux Patch Manager, job ….
 */
async function unitTime(host: Host, job_id: string, phase: string): Promise<number> {
  const unit = `linux-patch-job-${job_id}-${phase}.service`
  const lines = (await host.sh(`journalctl -q -o short-unix -u ${unit}`)).split('\n')
  const at = (pattern: RegExp) => Number(lines.find((line) => pattern.test(line))?.split(' ')[0])
  return (at(/: Deactivated successfully/) - at(/\]: Start(ed|ing) /)) * 1000
}

export function timelineTable(taken: Record<string, Timeline[]>): string {
  const columns = Object.values(taken)
  const rows = (Object.keys(stages) as Stage[]).map((stage) => [
    stages[stage],
    ...columns.map((timelines) => say(median(timelines.map((one) => one[stage])), 'ms')),
  ])
  return markdown(['Where the time of a job goes', ...Object.keys(taken)], rows)
}
