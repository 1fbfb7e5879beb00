import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Failure } from '@linux-patch/shared/failure'
import { call, done, ended, hasStarted, testAgent, wanting } from './agent.test.kit.ts'
import { testHost } from './host.test.kit.ts'

const hold = () => undefined

const refusedAs = (reason: string) => (error: Failure) => {
  assert.equal(error.code, 'INVALID_REQUEST')
  assert.equal(error.details['reason'], reason)
  return true
}

test('a job that runs, changed nothing or is no change of packages is not taken back', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', hold)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'install')
  const running = agent.jobs.rollback({ job_id }, call())
  await assert.rejects(running, refusedAs('not_terminal'))
  host.end(host.unit('install'))
  await ended(agent, job_id)
  const nothing = agent.jobs.rollback({ job_id }, call())
  await assert.rejects(nothing, refusedAs('nothing_to_revert'))

  const refresh = await agent.jobs.refresh({}, call())
  await ended(agent, refresh.job_id)
  const lists = agent.jobs.rollback({ job_id: refresh.job_id }, call())
  await assert.rejects(lists, refusedAs('not_revertible'))
})

test('of two rollbacks that are asked for at once there is one, and none after it', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const job_id = await done(agent, 'nginx')
  const [first, second] = await Promise.allSettled([
    agent.jobs.rollback({ job_id }, call()),
    agent.jobs.rollback({ job_id }, call()),
  ])
  assert.equal(first.status, 'fulfilled')
  assert.ok(second.status === 'rejected' && refusedAs('already_rolled_back')(second.reason))
  await ended(agent, first.value.job_id)
  const third = agent.jobs.rollback({ job_id }, call())
  await assert.rejects(third, refusedAs('already_rolled_back'))
})

test('what somebody else changed since is not undone along with the job', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const job_id = await done(agent, 'nginx', 'openssl')
  host.installed.set('openssl', { version: '3.0.23', state: 'installed' })
  await assert.rejects(agent.jobs.rollback({ job_id }, call()), (error: Failure) => {
    assert.deepEqual(error.details, { reason: 'changed_since', changed: ['openssl'] })
    return error.code === 'INVALID_REQUEST'
  })
  // What is back already needs nothing, and does not stand in the way of the rest.
  host.installed.set('openssl', { version: '3.0.19', state: 'installed' })
  const answer = await agent.jobs.rollback({ job_id }, call())
  await ended(agent, answer.job_id)
  assert.deepEqual(
    agent.jobs.get(answer).result?.changes.map(({ name }) => name),
    ['nginx'],
  )
})

test('a rollback that had to wait looks again, and changes nothing where a job before it did', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const job_id = await done(agent, 'openssl')
  host.lock = 'apt-get (pid 7)'
  await agent.jobs.install(wanting('nginx'), call())
  const back = await agent.jobs.rollback({ job_id }, call())
  host.installed.set('openssl', { version: '3.0.23', state: 'installed' })
  host.lock = null
  await ended(agent, back.job_id)
  const { status, result } = agent.jobs.get(back)
  assert.equal(status, 'failed')
  assert.equal(result?.error?.code, 'PLAN_DRIFT')
  assert.match(result?.error?.message ?? '', /openssl/)
  assert.equal(host.installed.get('openssl')?.version, '3.0.23')
})

test('packages that could not be kept do not stop a job, and its rollback is refused with the reason', async () => {
  using host = testHost()
  host.saveFailure = new Error('no space left on device')
  await using agent = testAgent(host)
  const job_id = await done(agent, 'openssl')
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'completed')
  assert.equal(result?.rollback?.possible, false)
  assert.match(result?.rollback?.reason ?? '', /no space left/)
  await assert.rejects(agent.jobs.rollback({ job_id }, call()), (error: Failure) => {
    assert.match(error.message, /no space left/)
    return refusedAs('not_revertible')(error)
  })
})

test('an old version that nobody has any more refuses the rollback at once', async () => {
  using host = testHost()
  host.savable.delete('openssl')
  await using agent = testAgent(host)
  const job_id = await done(agent, 'openssl')
  const refused = agent.jobs.rollback({ job_id }, call())
  await assert.rejects(refused, refusedAs('not_revertible'))
})

test('a job that is just being taken back cannot be forgotten', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const job_id = await done(agent, 'openssl')
  host.phases.set('install', hold)
  const back = await agent.jobs.rollback({ job_id }, call())
  await hasStarted(host, 'install')
  assert.throws(() => agent.jobs.delete({ job_id }), { code: 'JOB_CONFLICT' })
  host.work(host.unit('install'))
  host.end(host.unit('install'))
  await ended(agent, back.job_id)
  assert.equal(agent.jobs.delete({ job_id }).action, 'deleted')
})
