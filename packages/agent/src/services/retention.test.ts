import assert from 'node:assert/strict'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { LIMITS, retention } from './retention.ts'
import {
  call,
  done,
  ended,
  hasStarted,
  testAgent,
  until,
  wanting,
  type TestAgent,
} from './agent.test.kit.ts'
import { say, testHost } from './host.test.kit.ts'

const DAY = 24 * 3600_000

const isThere = (agent: TestAgent, job_id: string) =>
  agent.store.find(job_id) !== undefined && existsSync(join(agent.folder, job_id))

test('what ended more than 30 days ago is forgotten, and what a rollback needs is not', async () => {
  using host = testHost()
  let later = 0
  const now = () => new Date(Date.UTC(2026, 8, 1) + later)
  await using agent = testAgent(host, { now, timeoutMinutes: 1e6 })
  const [old, needed] = [await done(agent, 'nginx'), await done(agent, 'openssl')]
  host.phases.set('install', () => undefined)
  const back = await agent.jobs.rollback({ job_id: needed }, call())
  await hasStarted(host, 'install')
  later = 31 * DAY
  retention(agent).sweepIfDue()
  assert.deepEqual([isThere(agent, old), isThere(agent, needed)], [false, true])
  host.end(host.unit('install'))
  await ended(agent, back.job_id)
})

test('of too many jobs the oldest are forgotten', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const jobs = [await done(agent, 'nginx'), await done(agent, 'curl'), await done(agent, 'openssl')]
  retention(agent, { ...LIMITS, jobs: 2 }).sweepIfDue()
  assert.deepEqual(
    jobs.map((job_id) => isThere(agent, job_id)),
    [false, true, true],
  )
})

test('of too many kept packages the oldest go, and the rollback of their job is refused with the reason', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const jobs = [await done(agent, 'curl'), await done(agent, 'openssl')]
  for (const job_id of jobs)
    writeFileSync(join(agent.folder, job_id, 'saved', 'old.deb'), 'x'.repeat(1000))
  retention(agent, { ...LIMITS, saved_bytes: 1500 }).sweepIfDue()
  const [first = '', second = ''] = jobs
  assert.equal(existsSync(join(agent.folder, first, 'saved')), false)
  assert.equal(existsSync(join(agent.folder, second, 'saved')), true)
  const { possible, reason } = agent.jobs.get({ job_id: first }).result?.rollback ?? {}
  assert.equal(possible, false)
  assert.match(reason ?? '', /to make room/)
  await assert.rejects(agent.jobs.rollback({ job_id: first }, call()), { message: /to make room/ })
  assert.equal(agent.jobs.get({ job_id: second }).result?.rollback?.possible, true)
})

test('a folder that belongs to no job is removed', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const stray = join(agent.folder, '00000000-0000-4000-8000-000000000000')
  mkdirSync(stray, { recursive: true })
  retention(agent).sweepIfDue()
  assert.equal(existsSync(stray), false)
})

test('the output of a script that never stops does not fill the disk', async () => {
  using host = testHost()
  host.phases.set('install', () => undefined)
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'install')
  const unit = host.unit('install')
  const path = join(unit.folder, 'output.log')
  say(unit, 'x'.repeat(99).concat('\n').repeat(180_000))
  await until('it was emptied', () => statSync(path).size === 0)
  say(unit, 'the last words\n')
  host.work(unit)
  host.end(unit)
  await ended(agent, job_id)
  const said = agent.jobs.get({ job_id }).logs.map(({ message }) => message)
  assert.ok(said.includes('the last words'))
  assert.ok(said.some((message) => message.includes('bytes of output were left out')))
})
