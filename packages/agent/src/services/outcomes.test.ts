import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { call, ended, options, testAgent, wanting } from './agent.test.kit.ts'
import { progress, say, testHost } from './host.test.kit.ts'

const messages = (logs: { message: string }[]) => logs.map(({ message }) => message)

test('an exit code of 0 does not make a job succeed', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', (unit) => host.end(unit))
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await ended(agent, job_id)

  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'failed')
  assert.equal(result?.error?.code, 'PKG_MANAGER_ERROR')
  assert.deepEqual(result?.packages_failed, ['nginx'])
  assert.equal(result?.changes[0]?.outcome, 'not_done')
})

test('an exit code of 100 does not make a job fail that did all of its work', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', (unit) => {
    host.work(unit)
    host.end(unit, 'exit-code exited 100')
  })
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await ended(agent, job_id)

  const job = agent.jobs.get({ job_id })
  assert.deepEqual([job.status, job.message], ['completed', 'The change is done.'])
  assert.ok(messages(job.logs).includes('The plan has 1 change.'))
  assert.ok(messages(job.logs).includes('install ended: exit-code exited 100'))
})

test('a package that is left half configured is called broken, with what was said about it', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', (unit) => {
    host.installed.set('nginx', { version: '1.22.1', state: 'broken' })
    progress(unit, 'error:nginx:50:its script ended with 7\n')
    host.end(unit, 'exit-code exited 100')
  })
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await ended(agent, job_id)

  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'failed')
  assert.equal(result?.changes[0]?.outcome, 'broken')
  assert.equal(
    result?.error?.message,
    'The install ended with exit-code (exited 100). Not done or broken: nginx. its script ended with 7',
  )
})

test('a package that the job broke without planning to touch it fails the job', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', (unit) => {
    host.work(unit)
    host.installed.set('curl', { version: '7.88.0', state: 'broken' })
    host.end(unit, 'exit-code exited 100')
  })
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'failed')
  assert.deepEqual(result?.packages_failed, ['curl'])
  assert.deepEqual(result?.packages_installed, ['nginx'])
})

test('a download that fails, and again with new lists, installs nothing', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  for (const phase of ['download', 'download-2'])
    host.phases.set(phase, (unit) => {
      say(unit, 'E: Failed to fetch http://mirror.example/nginx.deb  404  Not Found\n')
      host.end(unit, 'exit-code exited 100')
    })
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'failed')
  assert.equal(
    result?.error?.message,
    'The download-2 ended with exit-code (exited 100). Not done or broken: nginx. ' +
      'E: Failed to fetch http://mirror.example/nginx.deb  404  Not Found',
  )
  assert.equal(
    host.units.some(({ phase }) => phase === 'install'),
    false,
  )
})

test('a package that came as a dependency is marked as one again after a patch, not after an install', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const update = { name: 'openssl', version: null, options }
  const { job_id } = await agent.jobs.update(update, call())
  await ended(agent, job_id)
  assert.deepEqual([...host.automatic], ['openssl'])

  host.installed.set('openssl', { version: '3.0.19', state: 'installed' })
  const wanted = await agent.jobs.install(wanting('openssl'), call())
  await ended(agent, wanted.job_id)
  assert.deepEqual([...host.automatic], [])
})

test('a package database that cannot be read afterwards fails the job and claims nothing', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', (unit) => {
    agent.packageManager.snapshot = () =>
      Promise.reject(new Failure('PKG_MANAGER_ERROR', 'dpkg-query ended with 2'))
    host.work(unit)
    host.end(unit)
  })
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'failed')
  assert.deepEqual(result?.packages_installed, [])
  assert.match(result?.error?.message ?? '', /dpkg-query ended with 2/)
})
