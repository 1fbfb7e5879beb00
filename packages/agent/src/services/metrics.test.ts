import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentJob } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import type { Package } from '@linux-patch/shared/package'
import { toText } from './exposition.ts'
import { parseExposition } from './exposition.test.kit.ts'
import { metricsService, type MetricsDeps } from './metrics.ts'

const NOW = new Date('2026-01-01T01:00:00Z')
const update = { status: 'installed', upgradable: true, security: false, blocked_by: null }
const current = { status: 'installed', upgradable: false, security: false, blocked_by: null }

const listing =
  (packages: object[], rest: object = {}) =>
  async () => ({
    packages: packages as Package[],
    lists_updated_at: '2026-01-01T00:00:00.000Z',
    lists_failure: null,
    ...rest,
  })
const unknown = async () => {
  throw new Failure('PKG_MANAGER_ERROR', 'dpkg is gone')
}

const metrics = (deps: Partial<MetricsDeps> = {}) =>
  metricsService({
    listing: listing([
      current,
      update,
      { ...update, security: true },
      { ...update, security: true, blocked_by: { reason: 'held', detail: '' } },
    ]),
    rebootReasons: async () => ['libc6'],
    counts: () => ({ waiting: 2, at_work: 1 }),
    startedAt: () => '2026-01-01T00:00:00.000Z',
    certificate: () => null,
    now: () => NOW,
    ...deps,
  })
const read = async (service: ReturnType<typeof metrics>) => parseExposition(await service.text())
const value = async (service: ReturnType<typeof metrics>, name: string) =>
  (await read(service)).get(`linux_patch_agent_${name}`)?.series[0]?.value

const job = (operation: string, status: string, completed_at: string) => ({
  type: 'job_complete' as const,
  payload: { job_id: 'j', operation, status, completed_at } as AgentJob,
})

test('how the host is', async () => {
  const service = metrics()
  for (const [name, expected] of Object.entries({
    build_info: 1,
    jobs_waiting: 2,
    jobs_at_work: 1,
    pending_updates: 3,
    pending_security_updates: 2,
    blocked_updates: 1,
    package_lists_age_seconds: 3600,
    package_lists_failed: 0,
    reboot_required: 1,
  }))
    assert.equal(await value(service, name), expected, name)
})

test('what the process is under the usual names', async () => {
  const families = await read(metrics())
  for (const name of ['cpu_seconds_total', 'resident_memory_bytes', 'start_time_seconds'])
    assert.ok((families.get(`process_${name}`)?.series[0]?.value ?? 0) > 0, name)
})

test('what is not known is left out, and never 0', async () => {
  const families = await read(
    metrics({
      listing: unknown,
      rebootReasons: unknown,
      counts: () => {
        throw new Failure('SERVICE_UNHEALTHY', 'The database is damaged.')
      },
    }),
  )
  for (const name of [
    'jobs_waiting',
    'jobs_at_work',
    'pending_updates',
    'pending_security_updates',
    'blocked_updates',
    'package_lists_age_seconds',
    'package_lists_failed',
    'reboot_required',
    'certificate_expiry_timestamp_seconds',
    'http_requests_total',
  ])
    assert.equal(families.has(`linux_patch_agent_${name}`), false, name)
})

test('without package lists the number of updates is not 0 but unknown', async () => {
  const packages = [{ ...current, upgradable: null, security: null }]
  const service = metrics({ listing: listing(packages, { lists_updated_at: null }) })
  assert.equal(await value(service, 'pending_updates'), undefined)
  assert.equal(await value(service, 'package_lists_age_seconds'), undefined)
})

test('where nobody can tell which update is for security, only the others are told', async () => {
  const service = metrics({ listing: listing([{ ...update, security: null }]) })
  assert.equal(await value(service, 'pending_updates'), 1)
  assert.equal(await value(service, 'pending_security_updates'), undefined)
})

test('requests and refusals are counted by what they were', async () => {
  const service = metrics()
  service.request('GET', '/api/v1/jobs/:job_id', 200)
  service.request('GET', '/api/v1/jobs/:job_id', 200)
  service.request('POST', '/api/v1/packages', 202)
  service.refused('AUTHZ_IP_DENIED')
  const families = await read(service)
  assert.deepEqual(
    families
      .get('linux_patch_agent_http_requests_total')
      ?.series.map((one) => [one.labels, one.value]),
    [
      [{ method: 'GET', route: '/api/v1/jobs/:job_id', status: '200' }, 2],
      [{ method: 'POST', route: '/api/v1/packages', status: '202' }, 1],
    ],
  )
  assert.deepEqual(families.get('linux_patch_agent_refusals_total')?.series[0]?.labels, {
    code: 'AUTHZ_IP_DENIED',
  })
})

test('a job that ends is counted, and how long it took', async () => {
  const service = metrics()
  service.hear(job('install', 'completed', '2026-01-01T00:00:10.000Z'))
  service.hear(job('install', 'failed', '2026-01-01T00:20:00.000Z'))
  service.hear({ type: 'pong', payload: {} })
  const families = await read(service)
  const series = families.get('linux_patch_agent_job_duration_seconds')?.series ?? []
  const find = (suffix: string, le?: string) =>
    series.find(({ name, labels }) => name.endsWith(suffix) && labels.le === le)?.value
  assert.deepEqual([find('_count'), find('_sum')], [2, 1210])
  assert.deepEqual(
    [find('_bucket', '5'), find('_bucket', '15'), find('_bucket', '1200')],
    [0, 1, 2],
  )
  assert.equal(families.get('linux_patch_agent_jobs_ended_total')?.series.length, 2)
})

test('a job that never began has no duration', async () => {
  const service = metrics({ startedAt: () => null })
  service.hear(job('install', 'cancelled', '2026-01-01T00:00:10.000Z'))
  const families = await read(service)
  assert.equal(families.has('linux_patch_agent_job_duration_seconds'), false)
  assert.equal(families.get('linux_patch_agent_jobs_ended_total')?.series[0]?.value, 1)
})

test('whatever stands in a label is read back as it was', () => {
  const strange = 'a "quoted" \\ back\\n and\nnew line {}, ='
  const text = toText([
    { name: 'x', type: 'gauge', help: 'one\ntwo', samples: [{ labels: { strange }, value: 1 }] },
  ])
  assert.equal(parseExposition(text).get('x')?.series[0]?.labels.strange, strange)
})
