import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patchService } from './patches.ts'
import { call, ended, isSet, testAgent } from './agent.test.kit.ts'
import { testHost } from './host.test.kit.ts'

const patching = (minutes: number) => ({
  patches: [],
  options: { reboot: true, reboot_delay_minutes: minutes, exclude_packages: [] },
})

test('patches reboot the host if it says so then, and are completed after it', async () => {
  using host = testHost()
  host.rebootReasons = ['linux-image-6.1.0-44-amd64']
  const pending = { limit: 9, offset: 0, severity: 'all', sort: 'name', order: 'asc' } as const
  let job_id = ''
  {
    await using agent = testAgent(host)
    const answer = await agent.jobs.applyPatches(patching(5), call())
    job_id = answer.job_id
    assert.equal(answer.auto_reboot, true)
    await isSet(host)
    const { status, scheduled_at, result } = agent.jobs.get(answer)
    assert.equal(status, 'running')
    assert.notEqual(scheduled_at, null)
    assert.equal(result?.success, true)
    const { patches } = await patchService(agent).list({ ...pending, status: 'pending' })
    assert.deepEqual(
      patches.map(({ id }) => id),
      ['SEC-openssl-3.0.22'],
    )
  }
  host.rebootReasons = []
  await using agent = testAgent(host, { boot_id: 'boot-2' })
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'completed')
  assert.equal(result?.reboot_required, false)
  assert.equal(result?.changes.length, 2)
  const { total } = await patchService(agent).list({ ...pending, status: 'applied' })
  assert.equal(total, 2)
})

test('patches that need no reboot cause none, nor do those that failed or of which nobody knows', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const quiet = await agent.jobs.applyPatches(patching(0), call())
  await ended(agent, quiet.job_id)
  assert.equal(agent.store.get(quiet.job_id).status, 'completed')

  host.installed.set('openssl', { version: '3.0.19', state: 'installed' })
  agent.packageManager.rebootReasons = () => Promise.reject(new Error('who knows'))
  const unknown = await agent.jobs.applyPatches(patching(0), call())
  await ended(agent, unknown.job_id)
  assert.equal(agent.jobs.get(unknown).result?.reboot_required, true)

  agent.packageManager.rebootReasons = async () => ['kernel']
  host.installed.set('openssl', { version: '3.0.19', state: 'installed' })
  host.phases.set('install', (unit) => host.end(unit))
  const failed = await agent.jobs.applyPatches(patching(0), call())
  await ended(agent, failed.job_id)
  assert.equal(agent.store.get(failed.job_id).status, 'failed')
  assert.deepEqual(host.timers, [])
})

test('patches whose reboot is cancelled stay done', async () => {
  using host = testHost()
  host.rebootReasons = ['kernel']
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.applyPatches(patching(60), call())
  await isSet(host)
  assert.equal(agent.jobs.delete({ job_id }).action, 'cancelled')
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'cancelled')
  assert.equal(
    result?.changes.every(({ outcome }) => outcome === 'done'),
    true,
  )
  assert.equal(result?.reboot_required, true)
})
