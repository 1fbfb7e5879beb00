import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, ended, hasStarted, started, testAgent, until, wanting } from './agent.test.kit.ts'
import { testHost } from './host.test.kit.ts'

const hold = () => undefined
const all = {
  patches: [],
  options: { reboot: false, reboot_delay_minutes: 0, exclude_packages: [] },
}
const cancelled = { previous_status: 'running', current_status: 'cancelled', action: 'cancelled' }
const requested = {
  previous_status: 'running',
  current_status: 'running',
  action: 'cancel_requested',
}

test('a job that waits is cancelled at once and never begins; to ask again does not forget it', async () => {
  using host = testHost()
  host.lock = 'apt-get (pid 7)'
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  const answer = agent.jobs.delete({ job_id })
  assert.deepEqual(answer, { ...cancelled, job_id, previous_status: 'pending' })
  host.lock = null
  const next = await agent.jobs.install(wanting('curl'), call())
  await ended(agent, next.job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'cancelled')
  assert.equal(result?.error?.code, 'JOB_CANCELLED')
  assert.throws(() => agent.jobs.delete({ job_id }), { code: 'JOB_CANCELLED' })
  const rollback = agent.jobs.rollback({ job_id }, call())
  await assert.rejects(rollback, { code: 'JOB_CANCELLED' })
})

test('a download is ended at once and nothing is installed', async () => {
  using host = testHost()
  host.phases.set('download', hold)
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'download')
  assert.deepEqual(agent.jobs.delete({ job_id }), { ...cancelled, job_id })
  await until('it heard', () => host.signals.length > 0)
  assert.deepEqual(host.signals, ['--signal=SIGTERM download'])
  // Until it has ended, its job cannot be forgotten.
  assert.throws(() => agent.jobs.delete({ job_id }), { code: 'JOB_CONFLICT' })
  host.end(host.unit('download'), 'success killed TERM')
  await ended(agent, job_id)
  assert.equal(agent.jobs.get({ job_id }).result?.changes[0]?.outcome, 'not_done')
  assert.deepEqual(started(host), ['download'])
})

test('a download that is just being started when its job is cancelled is ended all the same', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('download', (unit) => {
    agent.jobs.delete({ job_id: agent.store.next()?.job_id ?? '' })
    assert.equal(unit.running, true)
  })
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await until('it heard', () => host.signals.length > 0)
  host.end(host.unit('download'), 'success killed TERM')
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'cancelled')
  assert.deepEqual(started(host), ['download'])
})

test('a download whose job was cancelled under the agent before is ended by the next one', async () => {
  using host = testHost()
  host.phases.set('download', hold)
  let job_id = ''
  {
    await using agent = testAgent(host)
    job_id = (await agent.jobs.install(wanting('nginx'), call())).job_id
    await hasStarted(host, 'download')
    host.systemdAnswers = false
    agent.jobs.delete({ job_id })
  }
  host.systemdAnswers = true
  host.signals = []
  await using agent = testAgent(host)
  await until('it heard', () => host.signals.length > 0)
  host.end(host.unit('download'), 'success killed TERM')
  await ended(agent, job_id)
  assert.deepEqual(started(host), ['download'])
})

test('an installation is never signalled: the job stops before the next group', async () => {
  using host = testHost()
  host.phases.set('install', hold)
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.applyPatches(all, call())
  await hasStarted(host, 'install')
  assert.deepEqual(agent.jobs.delete({ job_id }), { ...requested, job_id })
  assert.deepEqual(agent.jobs.delete({ job_id }), { ...requested, job_id })
  assert.notEqual(agent.jobs.get({ job_id }).cancel_requested_at, null)
  host.work(host.unit('install'))
  host.end(host.unit('install'))
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'cancelled')
  assert.equal(result?.error?.code, 'JOB_CANCELLED')
  assert.deepEqual(
    result?.changes.map(({ name, outcome }) => `${name} ${outcome}`),
    ['openssl done', 'curl not_done'],
  )
  assert.deepEqual(result?.rollback, { possible: true, reason: null })
  assert.deepEqual([started(host), host.signals], [['download', 'install'], []])
})

test('a job that is asked to stop in its last group is completed', async () => {
  using host = testHost()
  host.phases.set('install-2', hold)
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.applyPatches(all, call())
  await hasStarted(host, 'install-2')
  assert.equal(agent.jobs.delete({ job_id }).action, 'cancel_requested')
  host.work(host.unit('install-2'))
  host.end(host.unit('install-2'))
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('a group that breaks something while its job is asked to stop makes it failed, not cancelled', async () => {
  using host = testHost()
  host.phases.set('install', hold)
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.applyPatches(all, call())
  await hasStarted(host, 'install')
  agent.jobs.delete({ job_id })
  host.installed.set('openssl', { version: '3.0.22', state: 'broken' })
  host.end(host.unit('install'), 'exit-code exited 100')
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'failed')
})

test('a request to stop outlives the agent that took it', async () => {
  using host = testHost()
  host.phases.set('install', hold)
  let job_id = ''
  {
    await using agent = testAgent(host)
    job_id = (await agent.jobs.applyPatches(all, call())).job_id
    await hasStarted(host, 'install')
    agent.jobs.delete({ job_id })
  }
  host.work(host.unit('install'))
  host.end(host.unit('install'))
  await using agent = testAgent(host)
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'cancelled')
  assert.deepEqual(started(host), ['download', 'install'])
})
