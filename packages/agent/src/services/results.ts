import type { AgentJobResult, PackageChange } from '@linux-patch/shared/agent-job'
import type { Failure } from '@linux-patch/shared/failure'
import type { StoredJob } from '../store/job-row.ts'
import type { Running } from './running.ts'
import { harmless } from './text.ts'
import { changesOf, errorCode, installedOf } from './verdict.ts'

type Reason = { code: string; message: string }

/** The result of a job that ends without a look at the packages. What it had planned is not called done. */
export function failedResult(job: StoredJob, error: Reason): AgentJobResult {
  const { result } = job
  return {
    success: false,
    packages_installed: result?.packages_installed ?? [],
    packages_failed: result?.packages_failed ?? job.names,
    changes: result?.changes ?? [],
    reboot_required: result?.reboot_required ?? false,
    error,
    rollback: result?.rollback ?? null,
  }
}

export function reasonOf(job: StoredJob, known: Failure | undefined): Reason {
  if (!known)
    return { code: errorCode(job), message: 'The agent met a fault of its own; its log says more.' }
  const code = known.code === 'PKG_MANAGER_ERROR' ? errorCode(job) : known.code
  return { code, message: harmless(known.message) }
}

/** What was done until now, for a job that is given up while something of it may still run. */
export async function resultSoFar(
  { packageManager, log }: Running,
  job: StoredJob,
  error: Reason,
): Promise<AgentJobResult> {
  const snapshot = await packageManager.snapshot().catch((cause: unknown) => {
    log.error({ err: cause, job_id: job.job_id }, 'the package database could not be read')
    return undefined
  })
  const changes: PackageChange[] = snapshot ? changesOf(job, snapshot) : []
  const open = changes.filter(({ outcome }) => outcome !== 'done')
  return {
    success: false,
    packages_installed: installedOf(changes),
    packages_failed: (snapshot ? open : (job.plan?.changes ?? [])).map(({ name }) => name),
    changes,
    reboot_required: false,
    error,
    rollback: null,
  }
}
