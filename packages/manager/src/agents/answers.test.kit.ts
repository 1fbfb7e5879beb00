import { randomUUID } from 'node:crypto'
import type { AgentApi } from '@linux-patch/shared/agent-api'
import { isFinal, type AgentJob } from '@linux-patch/shared/agent-job'
import type { Handlers } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { Transaction } from '@linux-patch/shared/transaction'

export type Answers = { -readonly [Name in keyof AgentApi]: Handlers<AgentApi, unknown>[Name] }

const at = () => new Date().toISOString()
const lists = { limit: 1000, offset: 0, lists_updated_at: at(), lists_failure: null }

/** For tests only: what a host in good health answers. */
export function usualAnswers(jobs: Map<string, AgentJob>, keys: Map<string, string>): Answers {
  const start = (operation: AgentJob['operation'], key: string | null) => {
    const known = keys.get(key ?? '')
    if (known) return jobs.get(known)!
    const job = newAgentJob(operation)
    if (key) keys.set(key, job.job_id)
    jobs.set(job.job_id, job)
    return job
  }
  return {
    ...notAskedYet,
    getHealth: () => healthy,
    getSystemInfo: () => system,
    listPackages: () => ({ packages: [], total: 0, ...lists }),
    getPackage: () => {
      throw new Failure('PKG_NOT_FOUND', 'There is no such package.')
    },
    installPackages: ({ packages }, { idempotency_key }) => ({
      ...start('install', idempotency_key),
      operation: 'install',
      packages: packages.map(({ name }) => name),
    }),
    updatePackage: ({ name }, { idempotency_key }) => ({
      ...start('update', idempotency_key),
      operation: 'update',
      package: name,
      target_version: '2.0',
    }),
    previewInstall: () => transaction,
    previewUpdate: () => transaction,
    previewPatches: () => transaction,
    listPatches: () => ({ patches: [], total: 0, ...lists }),
    applyPatches: (_input, { idempotency_key }) => ({
      ...start('patch_apply', idempotency_key),
      operation: 'patch_apply',
      patches_count: 1,
      requires_reboot: false,
      auto_reboot: false,
    }),
    removePackage: ({ name, purge }, { idempotency_key }) => ({
      ...start('remove', idempotency_key),
      operation: 'remove',
      package: name,
      purge,
    }),
    reboot: ({ reason }, { idempotency_key }) => ({
      ...start('reboot', idempotency_key),
      operation: 'reboot',
      scheduled_at: at(),
      reason,
    }),
    rollbackJob: ({ job_id }, { idempotency_key }) => ({
      ...start('rollback', idempotency_key),
      operation: 'rollback',
      original_job_id: job_id,
    }),
    deleteJob({ job_id }) {
      const job = jobs.get(job_id)
      if (!job) throw new Failure('JOB_NOT_FOUND', 'There is no such job.')
      const details = { reason: 'has_ended' }
      if (isFinal(job.status)) throw new Failure('JOB_CONFLICT', 'It has ended.', { details })
      return {
        job_id,
        previous_status: job.status,
        current_status: job.status,
        action: 'cancel_requested',
      }
    },
    listJobs: () => ({ jobs: [...jobs.values()], total: jobs.size, limit: 100, offset: 0 }),
    getJob: ({ job_id }) => {
      const job = jobs.get(job_id)
      if (!job) throw new Failure('JOB_NOT_FOUND', 'There is no such job.')
      return job
    },
  }
}

const refuse = () => {
  throw new Failure('INVALID_REQUEST', 'The manager does not ask for this yet.')
}

/** An agent can do more than a manager asks of it. */
const notAskedYet = {
  refreshPackages: refuse,
  listOutdatedServices: refuse,
  getService: refuse,
  reloadConfig: refuse,
  getMetrics: refuse,
}

const newAgentJob = (operation: AgentJob['operation']): AgentJob => ({
  job_id: randomUUID(),
  operation,
  status: 'running',
  progress_percent: 10,
  message: 'Unpacking.',
  created_at: at(),
  updated_at: at(),
  completed_at: null,
  packages: [],
  original_job_id: null,
  cancel_requested_at: null,
  scheduled_at: null,
  result: null,
  logs: [{ timestamp: at(), level: 'info', message: 'line 1' }],
})

/** What a job would do. */
export const transaction: Transaction = {
  digest: `sha256:${'d'.repeat(64)}`,
  changes: [
    {
      name: 'openssl',
      action: 'upgrade',
      version_before: '1.0',
      version_planned: '2.0',
      download_bytes: 1000,
      origins: ['Debian-Security:12/oldstable-security'],
      security: true,
    },
  ],
  download_bytes: 1000,
  disk: [{ mount: '/', needed_bytes: 4096, free_bytes: 1_000_000 }],
  reboot_required: false,
  services_to_restart: null,
  rollback: { possible: true, reason: null },
}

/** How a job ends well. */
export const done: Partial<AgentJob> = {
  status: 'completed',
  progress_percent: 100,
  message: 'Done.',
  completed_at: '2026-01-01T12:00:00.000Z',
  result: {
    success: true,
    packages_installed: ['openssl'],
    packages_failed: [],
    changes: [
      {
        name: 'openssl',
        action: 'upgrade',
        version_before: '1.0',
        version_planned: '2.0',
        version_after: '2.0',
        outcome: 'done',
      },
    ],
    reboot_required: true,
    error: null,
    rollback: null,
  },
}

/** How one ends well that can be taken back. */
export const revertible: Partial<AgentJob> = {
  ...done,
  result: { ...done.result!, rollback: { possible: true, reason: null } },
}

const healthy = {
  status: 'healthy' as const,
  version: '0.1.0',
  uptime_seconds: 1,
  checks: {
    config: 'ok' as const,
    certificates: 'ok' as const,
    package_manager: 'ok' as const,
    job_queue: 'ok' as const,
    whitelist: 'ok' as const,
    crl: 'ok' as const,
    pending_reboot: 'ok' as const,
  },
  details: {},
}

const system = {
  hostname: 'web-1',
  os: { name: 'Debian GNU/Linux', version: '12', codename: 'bookworm', architecture: 'amd64' },
  kernel: { version: '6.1.0-40-amd64', architecture: 'x86_64' },
  uptime_seconds: 1,
  last_boot: '2026-01-01T12:00:00.000Z',
  package_manager: 'apt',
  api_version: '1.0.0',
  service_status: 'running',
  agent_version: '0.1.0',
  machine_id: '0'.repeat(32),
  boot_id: 'boot',
  pending_reboot: false,
  reboot_reasons: [],
}
