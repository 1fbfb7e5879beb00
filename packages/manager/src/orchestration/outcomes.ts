import type { AgentJob } from '@linux-patch/shared/agent-job'
import type { Failure } from '@linux-patch/shared/failure'
import { cancelledUnasked } from '@linux-patch/shared/job-moves'
import type { LastMove, Outcome as Recorded } from '../db/jobs/parts.ts'

/** How a part ended, as it is recorded. */
export type Outcome = Omit<Recorded, 'now'>

export function moveTo({ status }: AgentJob): LastMove {
  if (status === 'completed') return 'complete'
  if (status === 'cancelled') return 'cancel'
  return status === 'timeout' ? 'expire' : 'fail'
}

export const outcomeOf = ({ status, result, message }: AgentJob): Outcome => ({
  error_code: result?.error?.code ?? null,
  last_error: result?.error?.message ?? null,
  changes: result?.changes ?? [],
  // A host that gives a job up may still be at it: what it did, and what follows, it knows only later.
  reboot_required:
    status === 'timeout' && !result?.rollback ? null : (result?.reboot_required ?? null),
  rollback: result?.rollback ?? null,
  message,
})

const mayHaveTaken =
  'The host was asked before, and may have taken the job; what it did is not known.'
const unknown = { changes: [], reboot_required: null, rollback: null }

/** `isAsked`: it was asked before, and no answer came. */
export const refused = ({ code, message }: Failure, isAsked: boolean): Outcome => ({
  ...unknown,
  error_code: code,
  last_error: isAsked ? `${message} ${mayHaveTaken}` : message,
  message: 'Refused by the host.',
})

export const lost = ({ code, message }: Failure): Outcome => ({
  ...unknown,
  error_code: code,
  last_error:
    code === 'JOB_NOT_FOUND'
      ? 'The host no longer knows this job; what it did there is not known.'
      : `${message} The host had taken the job; what it did since is not known.`,
  message: 'Given up.',
})

export const neverReached = ({ code, message }: Failure): Outcome => ({
  ...unknown,
  error_code: code,
  last_error: `${message} The host never answered that it took the job.`,
  message: 'Given up.',
})

export const noLongerManaged = (isAsked: boolean): Outcome => ({
  ...unknown,
  error_code: 'conflict',
  last_error: `The host is no longer managed.${isAsked ? ` ${mayHaveTaken}` : ''}`,
  message: isAsked ? 'Given up.' : 'Not sent to the host.',
})

export const neverAsked: Outcome = {
  ...unknown,
  error_code: null,
  last_error: null,
  message: cancelledUnasked,
}
