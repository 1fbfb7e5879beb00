import type { Input } from '@linux-patch/shared/contract'
import type { AgentApi } from '@linux-patch/shared/agent-api'
import { Failure } from '@linux-patch/shared/failure'
import type { StoredJob } from '../store/job-row.ts'
import type { JobStore } from '../store/jobs.ts'
import type { PackageManager } from '../package-manager.ts'
import type { Prepared } from './job-requests.ts'
import { counted } from './text.ts'

type Deps = { store: JobStore; packageManager: PackageManager; now: () => Date }
type Asked = Input<AgentApi['reboot']>

/** Throws JOB_CONFLICT while jobs wait or run, or a transaction does, unless that is explicitly taken into account. */
export async function toReboot(deps: Deps, input: Asked): Promise<Prepared> {
  const { delay_seconds, reason, force, acknowledge_corruption_risk } = input
  const at_any_risk = force && acknowledge_corruption_risk
  const holder = await deps.packageManager.lockHolder()
  return {
    request: null,
    names: [],
    reboot: { delay_seconds, reason, at_any_risk },
    scheduled_at: new Date(deps.now().getTime() + delay_seconds * 1000).toISOString(),
    confirm() {
      if (!force) refuseJobs(deps.store.waitingOrRunning())
      if (!at_any_risk) refuseTransaction(holder ?? transactionOf(deps.store))
    },
  }
}

function refuseJobs(jobs: StoredJob[]) {
  if (jobs.length === 0) return
  throw new Failure(
    'JOB_CONFLICT',
    `${counted(jobs.length, 'job')} of this host ${jobs.length === 1 ? 'has' : 'have'} not ended yet.`,
    {
      details: { reason: 'jobs_not_ended', jobs: jobs.map(({ job_id }) => job_id) },
    },
  )
}

const MUTATING = ['repair', 'install', 'recover']

function transactionOf(store: JobStore): string | null {
  const job = store.next()
  return job && MUTATING.includes(job.phase) ? `job ${job.job_id}` : null
}

function refuseTransaction(holder: string | null) {
  if (holder === null) return
  throw new Failure(
    'JOB_CONFLICT',
    `A transaction of ${holder} is under way; a reboot now could leave packages half installed.`,
    { details: { reason: 'transaction_under_way', holder } },
  )
}
