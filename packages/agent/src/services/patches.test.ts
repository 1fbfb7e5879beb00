import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patchService } from './patches.ts'
import { call, ended, testAgent, until } from './agent.test.kit.ts'
import { testHost } from './host.test.kit.ts'

const ask = {
  severity: 'all',
  status: 'all',
  sort: 'severity',
  order: 'desc',
  limit: 100,
  offset: 0,
} as const
const apply = (...patches: string[]) => ({
  patches,
  options: { reboot: false as const, reboot_delay_minutes: 0 as const, exclude_packages: [] },
})

test('the worst patch comes first, and filters count before the page is cut', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const patches = patchService(agent)
  const severities = async (input: Partial<Parameters<typeof patches.list>[0]>) =>
    (await patches.list({ ...ask, ...input })).patches.map(({ severity }) => severity)
  assert.deepEqual(await severities({}), ['critical', 'medium'])
  assert.deepEqual(await severities({ order: 'asc' }), ['medium', 'critical'])
  assert.deepEqual(await severities({ severity: 'medium' }), ['medium'])
  assert.equal((await patches.list({ ...ask, limit: 1 })).total, 2)
})

test('a patch is pending while a job has its packages, and applied once one has done them', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const statuses = async () =>
    (await patchService(agent).list(ask)).patches.map(({ id, status }) => `${id} ${status}`)
  host.lock = 'apt-get (pid 7)'
  const { job_id } = await agent.jobs.applyPatches(apply('SEC-openssl-3.0.22'), call())
  assert.deepEqual(await statuses(), ['SEC-openssl-3.0.22 pending', 'SEC-curl-7.88.1 available'])

  host.lock = null
  await ended(agent, job_id)
  assert.deepEqual(await statuses(), ['SEC-openssl-3.0.22 applied', 'SEC-curl-7.88.1 available'])

  // Somebody went back to the old version: it waits again, whatever we once did.
  host.installed.set('openssl', { version: '3.0.19', state: 'installed' })
  assert.deepEqual(await statuses(), ['SEC-openssl-3.0.22 available', 'SEC-curl-7.88.1 available'])
})

test('a patch whose job failed was not applied', async () => {
  using host = testHost()
  host.phases.set('install', (unit) => host.end(unit))
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.applyPatches(apply('SEC-openssl-3.0.22'), call())
  await until('it failed', () => agent.store.get(job_id).status === 'failed')
  assert.equal(agent.jobs.get({ job_id }).result?.error?.code, 'PATCH_APPLY_ERROR')
  const { patches } = await patchService(agent).list({ ...ask, status: 'applied' })
  assert.deepEqual(patches, [])
})
