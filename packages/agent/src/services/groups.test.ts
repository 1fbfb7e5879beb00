import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, ended, hasStarted, started, testAgent, until, wanting } from './agent.test.kit.ts'
import { progress, testHost } from './host.test.kit.ts'

const hold = () => undefined
const all = {
  patches: [],
  options: { reboot: false, reboot_delay_minutes: 0, exclude_packages: [] },
}

test('patches are installed one group after the other, each in a unit of its own', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.applyPatches(all, call())
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(started(host), ['download', 'install', 'install-2'])
  assert.deepEqual(host.unit('install').argv, ['install', 'openssl=3.0.22'])
  assert.deepEqual(host.unit('install-2').argv, ['install', 'curl=7.88.1'])
})

test('a group at its end has brought the job to a whole number of percent', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', hold)
  const { job_id } = await agent.jobs.applyPatches(all, call())
  await hasStarted(host, 'install')
  progress(host.unit('install'), 'pm:openssl:100:Has it\n')
  await until('progress', () => agent.store.get(job_id).message === 'Has it')
  assert.equal(agent.store.get(job_id).progress_percent, 71)
})

test('an agent that is gone between two groups goes on with the next, and runs none twice', async () => {
  using host = testHost()
  let job_id = ''
  {
    host.phases.set('install-2', hold)
    await using agent = testAgent(host)
    job_id = (await agent.jobs.applyPatches(all, call())).job_id
    await hasStarted(host, 'install-2')
  }
  host.phases.clear()
  await using agent = testAgent(host)
  host.work(host.unit('install-2'))
  host.end(host.unit('install-2'))
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(started(host), ['download', 'install', 'install-2'])
})

test('a group that failed keeps no other patch away, and the job says what failed', async () => {
  using host = testHost()
  host.phases.set('install', (unit) => {
    host.installed.set('openssl', { version: '3.0.22', state: 'broken' })
    host.end(unit, 'exit-code exited 100')
  })
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.applyPatches(all, call())
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'failed')
  assert.deepEqual(
    result?.changes.map(({ outcome }) => outcome),
    ['broken', 'done'],
  )
  assert.deepEqual(started(host), ['download', 'install', 'install-2'])
})

test('a group that did its work goes on to the next, whatever its exit code', async () => {
  using host = testHost()
  host.phases.set('install', (unit) => {
    host.work(unit)
    host.end(unit, 'exit-code exited 100')
  })
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.applyPatches(all, call())
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('what another program changed during the download is planned again, once, and then installed', async () => {
  using host = testHost()
  host.phases.set('download', (unit) => {
    host.installed.set('curl', { version: '7.88.0-foreign', state: 'installed' })
    host.end(unit)
  })
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('curl'), call())
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'completed')
  assert.equal(result?.changes[0]?.version_before, '7.88.0-foreign')
  assert.deepEqual(started(host), ['download', 'download-2', 'install'])
})

test('a host that changes again and again gets no job done, and none of it half', async () => {
  using host = testHost()
  const move = (unit: Parameters<typeof host.end>[0]) => {
    host.installed.set('curl', { version: `7.88.0-${host.units.length}`, state: 'installed' })
    host.end(unit)
  }
  host.phases.set('download', move).set('download-2', move)
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('curl'), call())
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'failed')
  assert.equal(result?.error?.code, 'PLAN_DRIFT')
  assert.equal(result?.changes[0]?.outcome, 'not_done')
  assert.deepEqual(started(host), ['download', 'download-2'])
})

test('what was not planned is not installed, also when it would come with a later group', async () => {
  using host = testHost()
  host.phases.set('install', (unit) => {
    host.work(unit)
    host.installed.set('curl', { version: '7.88.0-foreign', state: 'installed' })
    host.end(unit)
  })
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.applyPatches(all, call())
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'failed')
  assert.equal(result?.error?.code, 'PLAN_DRIFT')
  assert.deepEqual(
    result?.changes.map(({ outcome }) => outcome),
    ['done', 'not_done'],
  )
  assert.deepEqual(started(host), ['download', 'install'])
})

test('before each group another program is let go first', async () => {
  using host = testHost()
  host.phases.set('install', (unit) => {
    host.work(unit)
    host.lock = 'unattended-upgr (pid 9)'
    host.end(unit)
  })
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.applyPatches(all, call())
  await until('it waits', () => agent.store.get(job_id).message.startsWith('waiting'))
  assert.deepEqual(started(host), ['download', 'install'])
  host.lock = null
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('a job that takes too long in its first group begins no second', async () => {
  using host = testHost()
  host.phases.set('install', hold)
  let later = 0
  await using agent = testAgent(host, { monotonic: () => later })
  const { job_id } = await agent.jobs.applyPatches(all, call())
  await hasStarted(host, 'install')
  later = 31 * 60_000
  await until('it timed out', () => agent.store.get(job_id).status === 'timeout')
  host.work(host.unit('install'))
  host.end(host.unit('install'))
  await ended(agent, job_id)
  assert.deepEqual(started(host), ['download', 'install'])
  assert.deepEqual(
    agent.jobs.get({ job_id }).result?.changes.map(({ outcome }) => outcome),
    ['done', 'not_done'],
  )
})
