import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packageService } from './packages.ts'
import { patchService } from './patches.ts'
import { call, ended, hasStarted, started, testAgent, until, wanting } from './agent.test.kit.ts'
import { say, testHost, type TestHost, type Unit } from './host.test.kit.ts'

const hold = () => undefined
const failing = (host: TestHost) => (unit: Unit) => {
  say(unit, 'E: Failed to fetch http://mirror.example/InRelease  Connection refused\n')
  host.end(unit, 'exit-code exited 100')
}
const list = { limit: 1, offset: 0 } as const
const packages = { ...list, status: 'installed', sort: 'name', order: 'asc' } as const
const patches = { ...list, severity: 'all', status: 'all', sort: 'name', order: 'asc' } as const

test('lists are fetched in a unit of their own, without a look at any package', async () => {
  using host = testHost()
  host.planFailure = new Error('nobody plans here')
  await using agent = testAgent(host)
  const { job_id, operation } = await agent.jobs.refresh({}, call())
  assert.equal(operation, 'refresh')
  await ended(agent, job_id)
  const { status, message, result } = agent.jobs.get({ job_id })
  assert.deepEqual([status, message], ['completed', 'The package lists are new.'])
  assert.deepEqual(result?.rollback, null)
  assert.deepEqual(started(host), ['refresh'])
})

test('a failure is shown in every list until lists were fetched again', async () => {
  using host = testHost()
  for (const phase of ['refresh', 'refresh-2', 'refresh-3']) host.phases.set(phase, failing(host))
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.refresh({}, call())
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'failed')
  assert.deepEqual(started(host), ['refresh', 'refresh-2', 'refresh-3'])
  const failures = async () => [
    (await packageService(agent).list(packages)).lists_failure,
    (await patchService(agent).list(patches)).lists_failure,
  ]
  for (const failure of await failures()) assert.match(failure ?? '', /Connection refused/)
  assert.match(agent.jobs.get({ job_id }).result?.error?.message ?? '', /Connection refused/)

  host.phases.clear()
  const again = await agent.jobs.refresh({}, call())
  await ended(agent, again.job_id)
  assert.deepEqual(await failures(), [null, null])
})

test('lists whose lock is held are tried again when it is free', async () => {
  using host = testHost()
  host.phases.set('refresh', (unit) => {
    host.lock = 'apt-get (pid 8)'
    failing(host)(unit)
  })
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.refresh({}, call())
  await until('it waits', () => agent.store.get(job_id).message.startsWith('waiting'))
  host.lock = null
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(started(host), ['refresh', 'refresh-2'])
})

test('a refresh that goes on without the agent is found again, and can be cancelled', async () => {
  using host = testHost()
  host.phases.set('refresh', hold)
  let job_id = ''
  {
    await using agent = testAgent(host)
    job_id = (await agent.jobs.refresh({}, call())).job_id
    await hasStarted(host, 'refresh')
  }
  await using agent = testAgent(host)
  assert.equal(agent.jobs.delete({ job_id }).action, 'cancelled')
  await until('it heard', () => host.signals.length > 0)
  assert.deepEqual(host.signals, ['--signal=SIGTERM refresh'])
  host.end(host.unit('refresh'), 'success killed TERM')
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'cancelled')
  assert.equal(agent.lists.failure(), null)
  assert.deepEqual(started(host), ['refresh'])
})

test('what an archive does not have any more is asked for once more, with new lists', async () => {
  using host = testHost()
  host.phases.set('download', (unit) => host.end(unit, 'exit-code exited 100'))
  host.phases.set('refresh', (unit) => {
    host.available.set('curl', '7.88.2')
    host.end(unit)
  })
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('curl'), call())
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.equal(host.installed.get('curl')?.version, '7.88.2')
  assert.deepEqual(started(host), ['download', 'refresh', 'download-2', 'install'])
})

test('what new lists have overcome is no reason of what fails later', async () => {
  using host = testHost()
  host.phases.set('download', (unit) => {
    say(unit, 'E: Failed to fetch http://mirror.example/curl.deb  404  Not Found\n')
    host.end(unit, 'exit-code exited 100')
  })
  host.phases.set('install', (unit) => {
    say(unit, 'E: no space left on device\n')
    host.end(unit, 'exit-code exited 100')
  })
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('curl'), call())
  await ended(agent, job_id)
  const message = agent.jobs.get({ job_id }).result?.error?.message ?? ''
  assert.match(message, /no space left on device/)
  assert.doesNotMatch(message, /404/)
})

test('a job that asked for one transaction does not run another one because the lists are new', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { digest } = await agent.previewing.install(wanting('curl'))
  host.phases.set('download', (unit) => host.end(unit, 'exit-code exited 100'))
  host.phases.set('refresh', (unit) => {
    host.available.set('curl', '7.88.2')
    host.end(unit)
  })
  const bound = { ...wanting('curl'), expected_digest: digest }
  const { job_id } = await agent.jobs.install(bound, call())
  await ended(agent, job_id)
  assert.equal(agent.jobs.get({ job_id }).result?.error?.code, 'PLAN_DRIFT')
  assert.equal(host.installed.get('curl')?.version, '7.88.0')
  assert.deepEqual(started(host), ['download', 'refresh'])
})

test('a download that failed is the reason of a failure, also where new lists could not be had', async () => {
  using host = testHost()
  host.phases.set('download', (unit) => {
    say(unit, 'E: Failed to fetch http://mirror.example/curl.deb  404  Not Found\n')
    host.end(unit, 'exit-code exited 100')
  })
  host.phases.set('refresh', failing(host))
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('curl'), call())
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'failed')
  assert.equal(
    result?.error?.message,
    [
      'The download ended with exit-code (exited 100). Not done or broken: curl.',
      'E: Failed to fetch http://mirror.example/curl.deb  404  Not Found;',
      'New package lists could not be had either:',
      'E: Failed to fetch http://mirror.example/InRelease  Connection refused',
    ].join(' '),
  )
  assert.match(agent.lists.failure() ?? '', /^E: .*InRelease {2}Connection refused$/)
})
