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
  save: 'old packages kept',
  install: 'installed, until the agent knows',
  install_units: '… of that, the units that install',
  verify: 'checked',
  noticed: 'noticed by the manager',
} as const

type Told = { asked_at: number; job: JobDetail; agent_job: AgentJob; host: Host }

/** Takes a job apart by what the manager, the agent and systemd wrote down about it, all by one clock. */
export async function timelineOf({ asked_at, job, agent_job, host }: Told): Promise<Timeline> {
  const lastOf = (pattern: RegExp) => {
    const line = agent_job.logs.findLast(({ message }) => pattern.test(message))
    if (!line) throw new Error(`The job's log does not say ${pattern.source}.`)
    return Date.parse(line.timestamp)
  }
  const claimed = Date.parse(job.started_at ?? '')
  const taken = Date.parse(agent_job.created_at)
  const [planned, downloaded] = [lastOf(/^The plan has /), lastOf(/^download ended/)]
  const installed = lastOf(/^install(-\d+)? ended/)
  const installs = await Promise.all(
    phasesOf(agent_job).map((phase) => unitTimes(host, agent_job.job_id, phase)),
  )
  const fetched = await unitTimes(host, agent_job.job_id, 'download')
  const began = installs[0]?.began ?? Number.NaN
  const over = Date.parse(agent_job.completed_at ?? '')
  return {
    queue: claimed - asked_at,
    dispatch: taken - claimed,
    plan: planned - taken,
    download: downloaded - planned,
    download_unit: fetched.ended - fetched.began,
    save: began - downloaded,
    install: installed - began,
    install_units: installs.reduce((sum, unit) => sum + unit.ended - unit.began, 0),
    verify: over - installed,
    noticed: Date.parse(job.completed_at ?? '') - over,
  }
}

/** The units that installed, one for each group of patches. */
const phasesOf = ({ logs }: AgentJob): string[] =>
  logs.flatMap(({ message }) => /^(install(?:-\d+)?) ended/.exec(message)?.[1] ?? [])

/**
 * Reads what systemd wrote into the journal when a unit started and when it had ended:
 *
 *     1763810000.123456 web systemd[1]: Started linux-patch-job-….service - Linux Patch Manager, job ….
 */
async function unitTimes(host: Host, job_id: string, phase: string) {
  const unit = `linux-patch-job-${job_id}-${phase}.service`
  const lines = (await host.sh(`journalctl -q -o short-unix -u ${unit}`)).split('\n')
  const at = (pattern: RegExp) =>
    Number(lines.find((line) => pattern.test(line))?.split(' ')[0]) * 1000
  return { began: at(/\]: Start(ed|ing) /), ended: at(/: Deactivated successfully/) }
}

export function timelineTable(taken: Record<string, Timeline[]>): string {
  const columns = Object.values(taken)
  const rows = (Object.keys(stages) as Stage[]).map((stage) => [
    stages[stage],
    ...columns.map((timelines) => say(median(timelines.map((one) => one[stage])), 'ms')),
  ])
  return markdown(['Where the time of a job goes', ...Object.keys(taken)], rows)
}
