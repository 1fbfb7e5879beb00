import type { Answer } from '@linux-patch/shared/contract'
import type { AgentApi } from '@linux-patch/shared/agent-api'
import type { StoredJob } from '../store/job-row.ts'
import { started } from './job-requests.ts'

export const installAnswer = (job: StoredJob): Answer<AgentApi['installPackages']> => ({
  ...started(job),
  operation: 'install',
  packages: job.names,
})

export const updateAnswer = (job: StoredJob): Answer<AgentApi['updatePackage']> => ({
  ...started(job),
  operation: 'update',
  package: job.names[0] ?? '',
  target_version: job.request?.packages[0]?.version ?? '',
})

export const removeAnswer = (job: StoredJob): Answer<AgentApi['removePackage']> => ({
  ...started(job),
  operation: 'remove',
  package: job.names[0] ?? '',
  purge: job.request?.purge ?? false,
})

export const patchApplyAnswer = (job: StoredJob): Answer<AgentApi['applyPatches']> => ({
  ...started(job),
  operation: 'patch_apply',
  patches_count: job.patches.length,
  requires_reboot: job.patches.some(({ requires_reboot }) => requires_reboot),
  auto_reboot: job.reboot !== null,
})

export const refreshAnswer = (job: StoredJob): Answer<AgentApi['refreshPackages']> => ({
  ...started(job),
  operation: 'refresh',
})

export const rollbackAnswer = (job: StoredJob): Answer<AgentApi['rollbackJob']> => ({
  ...started(job),
  operation: 'rollback',
  original_job_id: job.original_job_id ?? '',
})

export const rebootAnswer = (job: StoredJob): Answer<AgentApi['reboot']> => ({
  ...started(job),
  operation: 'reboot',
  scheduled_at: job.scheduled_at ?? job.created_at,
  reason: job.reboot?.reason ?? '',
})
