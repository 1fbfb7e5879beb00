import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Saved } from '../package-manager.ts'
import { call, ended, started, stoppedIn, testAgent, until, wanting } from './agent.test.kit.ts'
import { say, testHost } from './host.test.kit.ts'

test('a download that goes on without the agent is found again, and its job finished', async () => {
  using host = testHost()
  const job_id = await stoppedIn(host, 'download')
  await using agent = testAgent(host)
  await until('it is followed', () => agent.store.get(job_id).status === 'running')
  host.end(host.unit('download'))
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(started(host), ['download', 'install'])
})

test('an installation that ended while there was no agent is judged from what it left', async () => {
  using host = testHost()
  const job_id = await stoppedIn(host, 'install')
  const unit = host.unit('install')
  host.work(unit)
  host.end(unit)
  await using agent = testAgent(host)
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(started(host), ['download', 'install'])
})

test('what a unit says is told once, however often the agent starts', async () => {
  using host = testHost()
  const job_id = await stoppedIn(host, 'install')
  const unit = host.unit('install')
  say(unit, 'one\n')
  for (const line of ['two\n', 'three\n']) {
    await using agent = testAgent(host)
    const count = () => agent.store.read(job_id).logs.length
    const before = count()
    await until('the output was read', () => count() > before)
    say(unit, line)
  }
  host.work(unit)
  host.end(unit)
  await using agent = testAgent(host)
  await ended(agent, job_id)
  const said = agent.jobs.get({ job_id }).logs.map(({ message }) => message)
  assert.deepEqual(
    said.filter((message) => ['one', 'two', 'three'].includes(message)),
    ['one', 'two', 'three'],
  )
})

test('an installation that was killed is repaired, then judged, and never run again', async () => {
  using host = testHost()
  const job_id = await stoppedIn(host, 'install')
  host.kill(host.unit('install'))
  host.damage = { interrupted: true, broken_packages: ['nginx'] }
  host.installed.set('nginx', { version: '1.22.1', state: 'broken' })
  host.phases.set('recover-1', (unit) => {
    host.damage = { interrupted: false, broken_packages: [] }
    host.installed.set('nginx', { version: '1.22.1', state: 'installed' })
    host.end(unit)
  })
  await using agent = testAgent(host, { boot_id: 'boot-2' })
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(started(host), ['download', 'install', 'recover-1'])
})

test('a host that went down before anything was installed has a job that was interrupted', async () => {
  using host = testHost()
  const job_id = await stoppedIn(host, 'install')
  host.kill(host.unit('install'))
  await using agent = testAgent(host, { boot_id: 'boot-2' })
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'failed')
  assert.match(result?.error?.message ?? '', /^The install was interrupted/)
  assert.equal(result?.changes[0]?.outcome, 'not_done')
  assert.deepEqual(started(host), ['download', 'install'])
})

test('a download that the host cut off is done again', async () => {
  using host = testHost()
  const job_id = await stoppedIn(host, 'download')
  host.kill(host.unit('download'))
  await using agent = testAgent(host, { boot_id: 'boot-2' })
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(started(host), ['download', 'download', 'install'])
})

test('an installation that the agent had noted and not yet started is started', async () => {
  using host = testHost()
  const job_id = await stoppedIn(host, 'install')
  const unit = host.unit('install')
  host.kill(unit)
  rmSync(join(unit.folder, 'install.status'))
  await using agent = testAgent(host)
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('a repair that goes on without the agent is found again', async () => {
  using host = testHost()
  host.damage = { interrupted: true, broken_packages: [] }
  const job_id = await stoppedIn(host, 'repair-1')
  await using agent = testAgent(host)
  host.damage = { interrupted: false, broken_packages: [] }
  host.end(host.unit('repair-1'))
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(started(host), ['repair-1', 'download', 'install'])
})

test('a job that still waits is begun by the next agent', async () => {
  using host = testHost()
  host.lock = 'apt-get (pid 7)'
  let job_id = ''
  {
    await using agent = testAgent(host)
    job_id = (await agent.jobs.install(wanting('nginx'), call())).job_id
    await until('it waits', () => agent.store.get(job_id).message.startsWith('waiting'))
  }
  host.lock = null
  await using agent = testAgent(host)
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('after another boot a status file that is missing does not prove that nothing began', async () => {
  using host = testHost()
  const job_id = await stoppedIn(host, 'install')
  const unit = host.unit('install')
  host.kill(unit)
  rmSync(join(unit.folder, 'install.status'))
  await using agent = testAgent(host, { boot_id: 'boot-2' })
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'failed')
  assert.deepEqual(started(host), ['download', 'install'])
})

test('an agent that dies while it keeps old packages leaves the rest to the next', async () => {
  using host = testHost()
  const first = testAgent(host)
  const release = Promise.withResolvers<Saved>()
  first.packageManager.save = () => release.promise
  const { job_id } = await first.jobs.install(wanting('curl'), call())
  await until('it keeps', () => first.store.get(job_id).phase === 'prepare')
  const stopped = first.stop()
  {
    await using agent = testAgent(host)
    await ended(agent, job_id)
    assert.equal(agent.store.get(job_id).status, 'completed')
    assert.deepEqual(agent.store.get(job_id).result?.rollback, { possible: true, reason: null })
  }
  release.resolve({ files: {}, missing: {} })
  await stopped
  assert.deepEqual(started(host), ['download', 'install'])
})
