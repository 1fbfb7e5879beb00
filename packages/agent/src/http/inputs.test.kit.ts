import type { AgentApi } from '@linux-patch/shared/agent-api'
import { apply, boundTo, install, update } from './input-bodies.test.kit.ts'
import { each, long, none, paging, type Endpoint } from './input-values.test.kit.ts'
import { JOB_ID } from './world.test.kit.ts'

const nothing = { usual: {}, takes: [], refuses: [['nonsense=1', '']] } satisfies Partial<Endpoint>
const noBody = {
  ...nothing,
  body: {},
  refuses: [[{ nonsense: 1 }, '']],
} satisfies Partial<Endpoint>
const ofJob = { ...nothing, usual: { job_id: JOB_ID } }
const statuses = ['pending', 'running', 'completed', 'failed', 'cancelled', 'timeout']

/** What the contract promises of every endpoint, written down by hand: not read from the schemas that it checks. */
export const inputs: Record<keyof AgentApi, Endpoint> = {
  getHealth: { ask: 'GET /health', ...nothing },
  getMetrics: { ask: 'GET /metrics', ...nothing },
  getSystemInfo: { ask: 'GET /system/info', ...nothing },
  listOutdatedServices: { ask: 'GET /system/services', ...nothing },
  getService: { ask: 'GET /system/services/cron', ...nothing, usual: { name: 'cron' } },
  reloadConfig: { ask: 'POST /system/config/reload', ...noBody },
  reboot: {
    ask: 'POST /system/reboot',
    body: {},
    usual: { delay_seconds: 0, force: false, acknowledge_corruption_risk: false, reason: '' },
    takes: [
      [{ delay_seconds: 604_800 }, { delay_seconds: 604_800 }],
      [{ force: true }, { force: true }],
      [{ acknowledge_corruption_risk: true }, { acknowledge_corruption_risk: true }],
      [{ reason: 'a new kernel' }, { reason: 'a new kernel' }],
    ],
    refuses: [
      [{ delay_seconds: -1 }, 'delay_seconds'],
      [{ delay_seconds: 604_801 }, 'delay_seconds'],
      [{ delay_seconds: 1.5 }, 'delay_seconds'],
      [{ delay_seconds: '60' }, 'delay_seconds'],
      [{ force: 'true' }, 'force'],
      [{ acknowledge_corruption_risk: 1 }, 'acknowledge_corruption_risk'],
      [{ reason: long(501) }, 'reason'],
      [{ delay: 60 }, ''],
    ],
  },

  listPackages: {
    ask: 'GET /packages',
    usual: { status: 'installed', sort: 'name', order: 'asc', ...paging.usual },
    takes: [
      ...each('status', ['installed', 'upgradable', 'all']),
      ...each('sort', ['name', 'version', 'size']),
      ...each('name', ['nginx', 'lib*', '*', 'a.b', long(200)]),
      ...paging.takes,
    ],
    refuses: [
      ...none('status', ['removed', 'INSTALLED', '', 'installed,all']),
      ...none('sort', ['installed_at', '']),
      ...none('name', [long(201)]),
      ...paging.refuses,
    ],
  },
  getPackage: { ask: 'GET /packages/nginx', ...nothing, usual: { name: 'nginx' } },
  installPackages: { ask: 'POST /packages', ...boundTo(install) },
  previewInstall: { ask: 'POST /packages/preview', ...install },
  refreshPackages: { ask: 'POST /packages/refresh', ...noBody },
  updatePackage: { ask: 'PUT /packages/nginx', ...boundTo(update) },
  previewUpdate: { ask: 'POST /packages/nginx/preview', ...update },
  removePackage: {
    ask: 'DELETE /packages/nginx',
    usual: { name: 'nginx', purge: false, force: false },
    takes: [
      ['purge=true', { purge: true }],
      ['purge=false', { purge: false }],
      ['force=true', { force: true }],
      ['force=false', { force: false }],
    ],
    refuses: [
      ...none('purge', ['1', 'yes', '', 'TRUE']),
      ...none('force', ['1', '']),
      ['all=1', ''],
    ],
  },

  listPatches: {
    ask: 'GET /patches',
    usual: { severity: 'all', status: 'all', sort: 'severity', order: 'desc', ...paging.usual },
    takes: [
      ...each('severity', ['critical', 'high', 'medium', 'low', 'all']),
      ...each('status', ['available', 'applied', 'pending', 'all']),
      ...each('sort', ['severity', 'published_date', 'name']),
      ...paging.takes,
    ],
    refuses: [
      ...none('severity', ['important', 'Critical', '']),
      ...none('status', ['installed', '']),
      ...none('sort', ['id', '']),
      ...paging.refuses,
    ],
  },
  previewPatches: { ask: 'POST /patches/preview', ...apply },
  applyPatches: { ask: 'POST /patches/apply', ...boundTo(apply) },

  listJobs: {
    ask: 'GET /jobs',
    usual: { sort: 'created_at', order: 'desc', ...paging.usual },
    takes: [
      ...statuses.map((status): [string, object & Record<string, unknown>] => [
        `status=${status}`,
        { status: [status] },
      ]),
      ['status=failed,timeout', { status: ['failed', 'timeout'] }],
      ['status=all', { status: statuses }],
      ...each('operation', [
        'install',
        'update',
        'remove',
        'patch_apply',
        'reboot',
        'rollback',
        'refresh',
      ]),
      ...each('sort', ['created_at', 'updated_at', 'status']),
      ...paging.takes,
    ],
    refuses: [
      ['status=done', 'status.0'],
      ['status=', 'status.0'],
      ['status=failed,', 'status.1'],
      ['status=failed,timedout', 'status.1'],
      ...none('operation', ['upgrade', 'all', '']),
      ...none('sort', ['job_id', '']),
      ...paging.refuses,
    ],
  },
  getJob: { ask: `GET /jobs/${JOB_ID}`, ...ofJob },
  rollbackJob: {
    ask: `POST /jobs/${JOB_ID}/rollback`,
    ...ofJob,
    body: {},
    refuses: [[{ nonsense: 1 }, '']],
  },
  deleteJob: {
    ask: `DELETE /jobs/${JOB_ID}`,
    usual: { job_id: JOB_ID, cancel_only: false },
    takes: [['cancel_only=true', { cancel_only: true }]],
    refuses: [...none('cancel_only', ['1', '']), ['all=1', '']],
  },
}

/** Names in a path that are none, and the field that is named for it. */
export const paths: [ask: string, field: string][] = [
  ...['-x', '.nginx', 'nginx-', 'a%20b', '%2e%2e%2fx', 'x%3by', long(201)].flatMap(
    (name): [string, string][] => [
      [`GET /packages/${name}`, 'name'],
      [`PUT /packages/${name}`, 'name'],
      [`DELETE /packages/${name}`, 'name'],
      [`POST /packages/${name}/preview`, 'name'],
    ],
  ),
  ...['1', 'x', JOB_ID.slice(1), `${JOB_ID}0`].flatMap((id): [string, string][] => [
    [`GET /jobs/${id}`, 'job_id'],
    [`DELETE /jobs/${id}`, 'job_id'],
    [`POST /jobs/${id}/rollback`, 'job_id'],
  ]),
  ...['-x', '--all', 'a%20b', 'a%2fb', 'x%0ay', '*', long(201)].map((name): [string, string] => [
    `GET /system/services/${name}`,
    'name',
  ]),
]
