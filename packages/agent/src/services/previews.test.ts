import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Transaction } from '@linux-patch/shared/transaction'
import type { Failure } from '@linux-patch/shared/failure'
import { call, ended, hasStarted, options, testAgent, wanting } from './agent.test.kit.ts'
import { testHost } from './host.test.kit.ts'

const all = {
  patches: [],
  options: { reboot: false, reboot_delay_minutes: 0, exclude_packages: [] },
}

test('a preview is the transaction, and makes no job', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const preview = await agent.previewing.install(wanting('nginx'))
  assert.deepEqual(Transaction.parse(preview), preview)
  assert.deepEqual(preview, {
    digest: preview.digest,
    changes: [
      {
        name: 'nginx',
        action: 'install',
        version_before: null,
        version_planned: '1.22.1',
        download_bytes: 1000,
        origins: [],
        security: false,
      },
    ],
    download_bytes: 1000,
    disk: [{ mount: '/', needed_bytes: 2000, free_bytes: 1e12 }],
    reboot_required: false,
    services_to_restart: [],
    rollback: { possible: true, reason: null },
  })
  assert.equal(agent.store.counts().waiting, 0)
})

test('patches and updates say whether a reboot would be due, and what could not be taken back', async () => {
  using host = testHost()
  host.savable.delete('openssl')
  await using agent = testAgent(host)
  const patches = await agent.previewing.applyPatches(all)
  assert.equal(patches.changes.length, 2)
  assert.equal(patches.reboot_required, true)
  assert.deepEqual(patches.services_to_restart, ['openssl.service', 'curl.service'])
  assert.deepEqual(patches.rollback, { possible: false, reason: 'openssl is nowhere' })
  const update = { name: 'curl', version: null, options }
  assert.equal((await agent.previewing.update(update)).reboot_required, false)
})

test('nothing to do is a transaction too', async () => {
  using host = testHost()
  host.available.set('openssl', '3.0.19').set('curl', '7.88.0')
  await using agent = testAgent(host)
  const preview = await agent.previewing.applyPatches(all)
  assert.deepEqual([preview.changes, preview.services_to_restart], [[], []])
  const bound = { ...all, expected_digest: preview.digest }
  const { job_id } = await agent.jobs.applyPatches(bound, call())
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('a host that is just being changed has no preview', async () => {
  using host = testHost()
  host.phases.set('install', () => undefined)
  await using agent = testAgent(host)
  await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'install')
  await assert.rejects(agent.previewing.install(wanting('curl')), { code: 'JOB_CONFLICT' })
})

test('what was previewed is what runs', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { digest } = await agent.previewing.applyPatches(all)
  const { job_id } = await agent.jobs.applyPatches({ ...all, expected_digest: digest }, call())
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('another transaction than the previewed one is refused before there is a job, with what is new', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { digest } = await agent.previewing.applyPatches(all)
  host.available.set('curl', '7.88.2')
  host.installed.set('nginx', { version: '1.22.0', state: 'installed' })
  const bound = { ...all, expected_digest: digest }
  await assert.rejects(agent.jobs.applyPatches(bound, call()), (error: Failure) => {
    assert.equal(error.code, 'PLAN_DRIFT')
    const { expected, added, removed, changed } = error.details
    assert.deepEqual([expected, added, removed, changed], [digest, ['nginx'], [], ['curl']])
    return true
  })
  assert.equal(agent.store.counts().waiting, 0)
})

test('a job that had to wait is compared again, and changes nothing where it would be another one', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { digest } = await agent.previewing.install(wanting('curl'))
  host.lock = 'apt-get (pid 7)'
  const bound = { ...wanting('curl'), expected_digest: digest }
  const { job_id } = await agent.jobs.install(bound, call())
  host.installed.set('curl', { version: '7.87.0', state: 'installed' })
  host.lock = null
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'failed')
  assert.equal(result?.error?.code, 'PLAN_DRIFT')
  assert.match(result?.error?.message ?? '', /changed: curl/)
  assert.deepEqual(host.units, [])
})

test('a bound job is not planned again when the host moves during its download', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { digest } = await agent.previewing.install(wanting('curl'))
  host.phases.set('download', (unit) => {
    host.installed.set('curl', { version: '7.87.0', state: 'installed' })
    host.end(unit)
  })
  const bound = { ...wanting('curl'), expected_digest: digest }
  const { job_id } = await agent.jobs.install(bound, call())
  await ended(agent, job_id)
  assert.equal(agent.jobs.get({ job_id }).result?.error?.code, 'PLAN_DRIFT')
  assert.equal(host.units.length, 1)
})
