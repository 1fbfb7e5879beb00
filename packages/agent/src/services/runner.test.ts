import assert from 'node:assert/strict'
import { existsSync, mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AgentJob } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import { AgentSocketMessage } from '@linux-patch/shared/live'
import { call, ended, hasStarted, testAgent, until, wanting } from './agent.test.kit.ts'
import { progress, say, testHost } from './host.test.kit.ts'

const messages = (logs: { message: string }[]) => logs.map(({ message }) => message)
const hold = () => undefined

test('a job does what it planned and says so from the package database', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { job_id, status } = await agent.jobs.install(wanting('nginx', 'openssl'), call())
  assert.equal(status, 'pending')
  await ended(agent, job_id)

  const job = agent.jobs.get({ job_id })
  assert.deepEqual(AgentJob.parse(job), job)
  assert.equal(job.status, 'completed')
  assert.equal(job.progress_percent, 100)
  assert.deepEqual(job.packages, ['nginx', 'openssl'])
  assert.deepEqual(job.result, {
    success: true,
    packages_installed: ['nginx', 'openssl'],
    packages_failed: [],
    changes: [
      {
        name: 'nginx',
        action: 'install',
        version_before: null,
        version_planned: '1.22.1',
        version_after: '1.22.1',
        outcome: 'done',
      },
      {
        name: 'openssl',
        action: 'upgrade',
        version_before: '3.0.19',
        version_planned: '3.0.22',
        version_after: '3.0.22',
        outcome: 'done',
      },
    ],
    reboot_required: false,
    error: null,
    rollback: { possible: true, reason: null },
  })
  assert.deepEqual(
    host.units.map(({ phase }) => phase),
    ['download', 'install'],
  )
})

test('two jobs run one after the other', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', hold)
  const first = await agent.jobs.install(wanting('nginx'), call())
  const second = await agent.jobs.install(wanting('curl'), call())
  await hasStarted(host, 'install')
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(agent.store.get(second.job_id).status, 'pending')
  assert.equal(host.units.filter(({ phase }) => phase === 'download').length, 1)

  host.phases.clear()
  const unit = host.unit('install')
  host.work(unit)
  host.end(unit)
  await ended(agent, first.job_id)
  await ended(agent, second.job_id)
  assert.equal(agent.store.get(first.job_id).status, 'completed')
  assert.equal(agent.store.get(second.job_id).status, 'completed')
})

test('progress goes up through the phases, and the log is harmless whatever a script prints', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', hold)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'install')
  const unit = host.unit('install')
  progress(unit, 'pm:nginx:50:Unpacking nginx\nfetch:1:100:Has it\nnoise\npm:nginx:6')
  say(
    unit,
    Buffer.from('\u001b[31mred\u001b[0m\u0007 \u202etxt\r\nwith \xff\xfe bytes\n', 'latin1'),
  )
  say(unit, 'half a li')
  await until('progress', () => agent.store.get(job_id).message === 'Unpacking nginx')
  assert.equal(agent.store.get(job_id).progress_percent, 72)
  assert.ok(!messages(agent.jobs.get({ job_id }).logs).includes('half a li'))

  say(unit, 'ne\n')
  host.work(unit)
  host.end(unit)
  await ended(agent, job_id)
  const said = messages(agent.jobs.get({ job_id }).logs)
  assert.ok(said.includes('red\ufffd .txt'))
  assert.ok(said.includes('with \ufffd\ufffd bytes'))
  assert.ok(said.includes('half a line'))
})

test('a systemd that does not answer is asked again, and the job goes on', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', hold)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'install')
  host.systemdAnswers = false
  await until('it noticed', () => agent.errors.length > 0)
  assert.equal(agent.store.get(job_id).status, 'running')
  host.systemdAnswers = true
  host.work(host.unit('install'))
  host.end(host.unit('install'))
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('so is a disk that cannot be read for a moment', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', hold)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'install')
  const unit = host.unit('install')
  const unreadable = join(unit.folder, 'install.rc')
  mkdirSync(unreadable)
  await until('it noticed', () => agent.errors.length > 0)
  assert.equal(agent.store.get(job_id).status, 'running')
  rmdirSync(unreadable)
  host.work(unit)
  host.end(unit)
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('whoever watches is told of status, log and end', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const told: string[] = []
  const unwatch = agent.jobs.watch((message) => {
    told.push(AgentSocketMessage.parse(message).type)
    throw new Error('a watcher that fails hurts nobody')
  })
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await ended(agent, job_id)
  unwatch()
  assert.equal(told[0], 'job_status')
  assert.ok(told.includes('job_log'))
  assert.equal(told.at(-1), 'job_complete')
  assert.equal(told.filter((type) => type === 'job_complete').length, 1)
})

test('a database that cannot be written holds a job up and does not lose or repeat it', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.phases.set('install', hold)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'install')
  const { advance } = agent.store
  agent.store.advance = () => {
    throw new Failure('SERVICE_UNHEALTHY', 'The disk is full.')
  }
  host.work(host.unit('install'))
  host.end(host.unit('install'))
  await until('it failed to go on', () => agent.errors.length > 1)
  assert.equal(agent.store.get(job_id).status, 'running')

  agent.store.advance = advance
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(
    host.units.map(({ phase }) => phase),
    ['download', 'install'],
  )
})

test('as long as a job is at work, a reboot can see that it is', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const marker = join(agent.folder, 'at_work')
  host.phases.set('install', hold)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'install')
  assert.equal(existsSync(marker), true)
  host.work(host.unit('install'))
  host.end(host.unit('install'))
  await ended(agent, job_id)
  await until('the marker is gone', () => !existsSync(marker))
})
