import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, done, ended, hasStarted, options, testAgent, until } from './agent.test.kit.ts'
import { testHost } from './host.test.kit.ts'

const removal = { name: 'curl', purge: false, force: false }

test('a rollback brings back what was there, takes away what came, and gives marks back', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const job_id = await done(agent, 'nginx', 'openssl')
  assert.deepEqual([...host.automatic], [])
  const answer = await agent.jobs.rollback({ job_id }, call())
  assert.equal(answer.original_job_id, job_id)
  await ended(agent, answer.job_id)

  const job = agent.jobs.get(answer)
  assert.equal(job.status, 'completed')
  assert.deepEqual(job.packages, ['nginx', 'openssl'])
  assert.deepEqual(
    [...host.installed].map(([name, { version }]) => `${name} ${version}`).toSorted(),
    ['curl 7.88.0', 'openssl 3.0.19'],
  )
  assert.deepEqual([...host.automatic], ['openssl'])
})

test('a removed package comes back from the file that was kept of it', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.remove(removal, call())
  await ended(agent, job_id)
  assert.equal(host.installed.has('curl'), false)
  host.available.delete('curl')
  const answer = await agent.jobs.rollback({ job_id }, call())
  await ended(agent, answer.job_id)
  assert.equal(host.installed.get('curl')?.version, '7.88.0')
})

test('a job that failed half-way can be taken back', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', (unit) => {
    host.installed.set('openssl', { version: '3.0.22', state: 'broken' })
    host.end(unit, 'exit-code exited 100')
  })
  const job_id = await done(agent, 'openssl')
  assert.equal(agent.store.get(job_id).status, 'failed')
  host.phases.clear()
  const answer = await agent.jobs.rollback({ job_id }, call())
  await ended(agent, answer.job_id)
  assert.equal(agent.store.get(answer.job_id).status, 'completed')
  assert.deepEqual(host.installed.get('openssl'), { version: '3.0.19', state: 'installed' })
})

test('a rollback can be taken back, and then its job can be taken back again', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  let job_id = await done(agent, 'nginx')
  const first = job_id
  for (const isThere of [false, true]) {
    const back = await agent.jobs.rollback({ job_id }, call())
    await ended(agent, back.job_id)
    assert.equal(host.installed.has('nginx'), isThere)
    job_id = back.job_id
  }
  const again = await agent.jobs.rollback({ job_id: first }, call())
  await ended(agent, again.job_id)
  assert.equal(host.installed.has('nginx'), false)
})

test('a mark that somebody has set on what the job brought is taken back with it', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.update({ name: 'curl', version: null, options }, call())
  await ended(agent, job_id)
  host.phases.set('install', (unit) => {
    host.work(unit)
    host.automatic.add('curl')
    host.end(unit)
  })
  const back = await agent.jobs.rollback({ job_id }, call())
  await ended(agent, back.job_id)
  assert.equal(agent.store.get(back.job_id).status, 'completed')
  assert.deepEqual([...host.automatic], ['openssl'])
})

test('what was named but not changed gets its mark back, and so does the rollback of that', async () => {
  using host = testHost()
  host.available.set('openssl', '3.0.19')
  await using agent = testAgent(host)
  let job_id = await done(agent, 'nginx', 'openssl')
  assert.deepEqual([...host.automatic], [])
  for (const automatic of [['openssl'], []]) {
    const back = await agent.jobs.rollback({ job_id }, call())
    await ended(agent, back.job_id)
    assert.equal(agent.store.get(back.job_id).status, 'completed')
    assert.deepEqual([...host.automatic], automatic)
    job_id = back.job_id
  }
})

test('where only a mark is otherwise than before, that is taken back, once nobody else is at work', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const job_id = await done(agent, 'openssl')
  host.installed.set('openssl', { version: '3.0.19', state: 'installed' })
  host.lock = 'apt-get (pid 7)'
  const back = await agent.jobs.rollback({ job_id }, call())
  const waits = 'waiting for apt-get (pid 7)'
  await until('it waits', () => agent.store.get(back.job_id).message === waits)
  assert.deepEqual([...host.automatic], [])
  host.lock = null
  await ended(agent, back.job_id)
  assert.equal(agent.store.get(back.job_id).status, 'completed')
  assert.deepEqual([...host.automatic], ['openssl'])
  const again = agent.jobs.rollback({ job_id: back.job_id }, call())
  await assert.rejects(again, { details: { reason: 'nothing_to_revert' } })
})

test('a rollback that was cancelled before it changed anything leaves the marks as they are', async () => {
  using host = testHost()
  host.available.set('openssl', '3.0.19')
  await using agent = testAgent(host)
  const job_id = await done(agent, 'nginx', 'openssl')
  host.phases.set('download', () => undefined)
  const back = await agent.jobs.rollback({ job_id }, call())
  await hasStarted(host, 'download')
  agent.jobs.delete(back)
  host.end(host.unit('download'), 'success killed TERM')
  await ended(agent, back.job_id)
  assert.equal(agent.store.get(back.job_id).status, 'cancelled')
  assert.deepEqual([...host.automatic], [])
})

test('so does one that was cancelled while what was broken before was repaired', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const job_id = await done(agent, 'nginx', 'openssl')
  host.damage = { interrupted: true, broken_packages: [] }
  host.phases.set('repair-1', () => undefined)
  const back = await agent.jobs.rollback({ job_id }, call())
  await hasStarted(host, 'repair-1')
  agent.jobs.delete(back)
  host.damage = { interrupted: false, broken_packages: [] }
  host.end(host.unit('repair-1'))
  await ended(agent, back.job_id)
  assert.equal(agent.store.get(back.job_id).status, 'cancelled')
  assert.deepEqual([...host.automatic], [])
})

test('a rollback that does not bring all of it back has failed, and says which', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const job_id = await done(agent, 'nginx', 'openssl')
  agent.packageManager.mark = async () => undefined
  const back = await agent.jobs.rollback({ job_id }, call())
  await ended(agent, back.job_id)
  const { status, result } = agent.jobs.get(back)
  assert.equal(status, 'failed')
  assert.deepEqual(result?.packages_failed, ['openssl'])
})

test('an update goes back to what it was, through an agent that was restarted on the way', async () => {
  using host = testHost()
  let back = ''
  {
    await using agent = testAgent(host)
    const { job_id } = await agent.jobs.update({ name: 'openssl', version: null, options }, call())
    await ended(agent, job_id)
    host.phases.set('install', () => undefined)
    back = (await agent.jobs.rollback({ job_id }, call())).job_id
    await hasStarted(host, 'install')
  }
  host.work(host.unit('install'))
  host.end(host.unit('install'))
  await using agent = testAgent(host)
  await ended(agent, back)
  assert.equal(agent.store.get(back).status, 'completed')
  assert.deepEqual([...host.automatic], ['openssl'])
})
