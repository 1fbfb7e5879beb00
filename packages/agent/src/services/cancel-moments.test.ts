import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { call, ended, hasStarted, started, testAgent, wanting } from './agent.test.kit.ts'
import { testHost } from './host.test.kit.ts'

const hold = () => undefined

test('a job that is cancelled while old packages are kept installs nothing', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { save } = agent.packageManager
  agent.packageManager.save = (plan, folder) => {
    agent.jobs.delete({ job_id: agent.store.next()?.job_id ?? '' })
    return save(plan, folder)
  }
  const { job_id } = await agent.jobs.install(wanting('curl'), call())
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.deepEqual([status, result?.rollback], ['cancelled', null])
  assert.deepEqual(started(host), ['download'])
})

test('a job that is asked to stop in the last moment before its installation does not begin it', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.onPlan = () => {
    const job = agent.store.next()
    if (job?.phase === 'install') agent.jobs.delete(job)
  }
  const { job_id } = await agent.jobs.install(wanting('curl'), call())
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'cancelled')
  assert.deepEqual(started(host), ['download'])
})

test('an installation that is just being started when its job is asked to stop goes to its end', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', (unit) => {
    const job_id = agent.store.next()?.job_id ?? ''
    assert.equal(agent.jobs.delete({ job_id }).action, 'cancel_requested')
    host.work(unit)
    host.end(unit)
  })
  const { job_id } = await agent.jobs.install(wanting('curl'), call())
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(host.signals, [])
})

test('a repair is let to its end, and then the job stops', async () => {
  using host = testHost()
  host.damage = { interrupted: true, broken_packages: [] }
  host.phases.set('repair-1', hold)
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'repair-1')
  assert.equal(agent.jobs.delete({ job_id }).action, 'cancel_requested')
  host.damage = { interrupted: false, broken_packages: [] }
  host.end(host.unit('repair-1'))
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'cancelled')
  assert.deepEqual(started(host), ['repair-1'])
})

test('a job that ended before its cancellation came keeps what it did', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('curl'), call())
  await ended(agent, job_id)
  assert.throws(() => agent.jobs.delete({ job_id, cancel_only: true }), {
    code: 'JOB_CONFLICT',
    details: { reason: 'has_ended', status: 'completed' },
  })
  assert.equal(agent.jobs.get({ job_id }).status, 'completed')
})

test('a job that has ended is forgotten with its log and its files', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('curl'), call())
  await ended(agent, job_id)
  const folder = join(agent.folder, job_id)
  assert.equal(existsSync(join(folder, 'output.log')) || existsSync(folder), true)
  assert.deepEqual(agent.jobs.delete({ job_id }), {
    job_id,
    previous_status: 'completed',
    current_status: 'deleted',
    action: 'deleted',
  })
  assert.equal(existsSync(folder), false)
  assert.throws(() => agent.jobs.get({ job_id }), { code: 'JOB_NOT_FOUND' })
  assert.throws(() => agent.jobs.delete({ job_id }), { code: 'JOB_NOT_FOUND' })
  assert.equal(agent.snapshots.find(job_id), undefined)
  const [{ lines } = { lines: -1 }] = agent.db.all<{ lines: number }>(
    'SELECT count(*) AS lines FROM job_logs',
  )
  assert.equal(lines, 0)
})
