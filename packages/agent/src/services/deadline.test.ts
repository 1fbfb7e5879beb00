import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  call,
  ended,
  hasStarted,
  started,
  stoppedIn,
  testAgent,
  until,
  wanting,
} from './agent.test.kit.ts'
import { progress, testHost } from './host.test.kit.ts'

const hold = () => undefined

test('a job that takes too long is asked to stop, never killed, and nothing else starts before it ends', async () => {
  using host = testHost()
  host.phases.set('install', hold)
  let later = 0
  await using agent = testAgent(host, { monotonic: () => later })
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  const next = await agent.jobs.install(wanting('curl'), call())
  await hasStarted(host, 'install')
  later = 31 * 60_000
  await until('it timed out', () => agent.store.get(job_id).status === 'timeout')
  assert.deepEqual(host.signals, ['--signal=SIGINT install'])
  const early = agent.jobs.get({ job_id })
  assert.equal(early.result?.error?.code, 'JOB_TIMEOUT')
  assert.equal(early.result?.changes[0]?.outcome, 'not_done')
  assert.equal(agent.store.get(next.job_id).status, 'pending')

  host.phases.clear()
  host.work(host.unit('install'))
  host.end(host.unit('install'))
  await ended(agent, next.job_id)
  const late = agent.jobs.get({ job_id })
  assert.equal(late.status, 'timeout')
  assert.equal(late.result?.error?.code, 'JOB_TIMEOUT')
  assert.equal(late.result?.changes[0]?.outcome, 'done')
  assert.equal(agent.store.get(next.job_id).status, 'completed')
})

test('a download that takes too long is ended at once and nothing is installed', async () => {
  using host = testHost()
  host.phases.set('download', hold)
  let later = 0
  await using agent = testAgent(host, { monotonic: () => later })
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'download')
  progress(host.unit('download'), 'pm:nginx:50:Retrieving\n')
  later = 31 * 60_000
  await until('it timed out', () => agent.store.get(job_id).status === 'timeout')
  assert.deepEqual(host.signals, ['--signal=SIGTERM download'])
  host.end(host.unit('download'), 'success killed TERM')
  await ended(agent, job_id)
  assert.deepEqual(started(host), ['download'])
})

test('a job that timed out under the agent before keeps the next one waiting all the same', async () => {
  using host = testHost()
  host.phases.set('install', hold)
  let later = 0
  let job_id = ''
  {
    await using agent = testAgent(host, { monotonic: () => later })
    job_id = (await agent.jobs.install(wanting('nginx'), call())).job_id
    await hasStarted(host, 'install')
    later = 31 * 60_000
    await until('it timed out', () => agent.store.get(job_id).status === 'timeout')
  }
  host.phases.clear()
  await using agent = testAgent(host)
  const next = await agent.jobs.install(wanting('curl'), call())
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(agent.store.get(next.job_id).status, 'pending')
  host.end(host.unit('install'))
  await ended(agent, next.job_id)
  assert.equal(agent.store.get(next.job_id).status, 'completed')
})

test('what ended in time while there was no agent for long was not late', async () => {
  using host = testHost()
  const job_id = await stoppedIn(host, 'install')
  host.work(host.unit('install'))
  host.end(host.unit('install'))
  await using agent = testAgent(host, { now: () => new Date(Date.now() + 24 * 3600_000) })
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('a download that ended in time is not installed hours later', async () => {
  using host = testHost()
  const job_id = await stoppedIn(host, 'download')
  host.end(host.unit('download'))
  await using agent = testAgent(host, { now: () => new Date(Date.now() + 24 * 3600_000) })
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'timeout')
  assert.deepEqual(started(host), ['download'])
})

test('a clock that is set forward, before or after the agent starts again, makes no job late', async () => {
  using host = testHost()
  host.phases.set('install', hold)
  let set = 0
  const now = () => new Date(Date.now() + set)
  let job_id = ''
  {
    await using agent = testAgent(host, { now })
    job_id = (await agent.jobs.install(wanting('nginx'), call())).job_id
    await hasStarted(host, 'install')
    set = 365 * 24 * 3600_000
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal(agent.store.get(job_id).status, 'running')
  }
  await using agent = testAgent(host, { now, uptime: () => 20 * 60_000 })
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(agent.store.get(job_id).status, 'running')
  host.work(host.unit('install'))
  host.end(host.unit('install'))
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('a clock that is set back lets no job run for longer', async () => {
  using host = testHost()
  host.phases.set('install', hold)
  let [later, set] = [0, 0]
  const now = () => new Date(Date.now() + set)
  await using agent = testAgent(host, { now, monotonic: () => later })
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'install')
  set = -24 * 3600_000
  later = 31 * 60_000
  await until('it timed out', () => agent.store.get(job_id).status === 'timeout')
  host.end(host.unit('install'))
})
