import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Failure } from '@linux-patch/shared/failure'
import { rebootFlag } from './reboot-timer.ts'
import { call, ended, hasStarted, isSet, testAgent, until, wanting } from './agent.test.kit.ts'
import { testHost } from './host.test.kit.ts'

const hold = () => undefined
const now = { delay_seconds: 0, force: false, acknowledge_corruption_risk: false, reason: 'kernel' }
const later = { ...now, delay_seconds: 600 }
test('a reboot is a timer of systemd, and its job is completed by the agent of the next boot', async () => {
  using host = testHost()
  let job_id = ''
  {
    await using agent = testAgent(host)
    const answer = await agent.jobs.reboot(later, call())
    job_id = answer.job_id
    assert.deepEqual([answer.status, answer.reason], ['pending', 'kernel'])
    await isSet(host)
    const { status, scheduled_at } = agent.jobs.get(answer)
    assert.deepEqual([status, scheduled_at], ['running', answer.scheduled_at])
    assert.equal(host.timers[0]?.name, `linux-patch-job-${job_id}-reboot`)
    const seconds = host.timers[0]?.seconds ?? 0
    assert.ok(seconds > 590 && seconds <= 600)
    assert.equal(host.timers[0]?.args.at(-2), 'wait')
    const words = `This host reboots at ${scheduled_at}: kernel (Linux Patch Manager, job ${job_id})\n`
    await until('it is announced', () => host.announced.length > 0)
    assert.deepEqual(host.announced, [words])
  }
  {
    // The same boot: it is waited for, and no second timer is set.
    await using agent = testAgent(host)
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal(agent.store.get(job_id).status, 'running')
    assert.deepEqual([host.timers.length, host.announced.length], [1, 1])
  }
  await using agent = testAgent(host, { boot_id: 'boot-2' })
  await ended(agent, job_id)
  const { status, result, message } = agent.jobs.get({ job_id })
  assert.equal(status, 'completed')
  assert.equal(result?.success, true)
  assert.match(message, /rebooted and runs kernel/)
})

test('what a reboot is for is announced in the one line of it, whatever it says', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  await agent.jobs.reboot({ ...later, reason: 'kernel\n\u001b[2JThe end is near' }, call())
  await until('it is announced', () => host.announced.length > 0)
  assert.match(
    host.announced[0] ?? '',
    /: kernel\ufffdThe end is near \(Linux Patch Manager, .*\)\n$/,
  )
  assert.equal(host.announced[0]?.split('\n').length, 2)
})

test('other jobs go on while a reboot is waited for, and none begins once it is due', async () => {
  using host = testHost()
  let later_ms = 0
  await using agent = testAgent(host, { now: () => new Date(Date.UTC(2026, 8, 1) + later_ms) })
  const reboot = await agent.jobs.reboot(later, call())
  await isSet(host)
  const first = await agent.jobs.install(wanting('nginx'), call())
  await ended(agent, first.job_id)
  assert.equal(agent.store.get(first.job_id).status, 'completed')

  later_ms = 601_000
  const second = await agent.jobs.install(wanting('curl'), call())
  const waits = 'waiting for the reboot of this host'
  await until('it waits', () => agent.store.get(second.job_id).message === waits)

  writeFileSync(`${rebootFlag(agent.folder, reboot.job_id)}.refusal`, 'Access denied\n')
  later_ms = 1202_000
  await ended(agent, reboot.job_id)
  const { status, message, result } = agent.jobs.get(reboot)
  assert.equal(status, 'failed')
  assert.match(message, /within 10 minutes .* systemd refused: Access denied$/)
  assert.equal(result?.error?.code, 'SYSTEM_REBOOT_ERROR')
  assert.equal(existsSync(rebootFlag(agent.folder, reboot.job_id)), false)
  await ended(agent, second.job_id)
})

test('where one job may run at once, a reboot in its delay is that one', async () => {
  using host = testHost()
  await using agent = testAgent(host, { maxConcurrent: 1 })
  const reboot = await agent.jobs.reboot(later, call())
  await isSet(host)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  const waits = 'waiting for a running job to end: no more than 1 may run at once'
  await until('it waits', () => agent.store.get(job_id).message === waits)
  assert.equal(agent.store.get(job_id).status, 'pending')

  agent.jobs.delete(reboot)
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('a reboot that waits for a transaction is not given up meanwhile', async () => {
  using host = testHost()
  let later_ms = 0
  await using agent = testAgent(host, { now: () => new Date(Date.UTC(2026, 8, 1) + later_ms) })
  const { job_id } = await agent.jobs.reboot(now, call())
  await isSet(host)
  host.lock = 'apt-get (pid 7)'
  later_ms = 1800_000
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.equal(agent.store.get(job_id).status, 'running')
})

test('jobs refuse a reboot without force, and a transaction refuses one with it', async () => {
  using host = testHost()
  host.phases.set('download', hold).set('install', hold)
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, 'download')
  const refusedAs = (reason: string) => (error: Failure) =>
    error.code === 'JOB_CONFLICT' && error.details['reason'] === reason
  await assert.rejects(agent.jobs.reboot(now, call()), refusedAs('jobs_not_ended'))
  const forced = await agent.jobs.reboot({ ...later, force: true }, call())
  agent.jobs.delete(forced)

  host.end(host.unit('download'))
  await hasStarted(host, 'install')
  const force = { ...later, force: true }
  await assert.rejects(agent.jobs.reboot(force, call()), refusedAs('transaction_under_way'))
  await agent.jobs.reboot({ ...force, acknowledge_corruption_risk: true }, call())
  await isSet(host)
  assert.equal(host.timers.findLast(({ active }) => active)?.args.at(-2), 'now')
  host.end(host.unit('install'))
  await ended(agent, job_id)
})

test('a transaction of another program refuses a reboot as well', async () => {
  using host = testHost()
  host.lock = 'unattended-upgr (pid 5)'
  await using agent = testAgent(host)
  await assert.rejects(agent.jobs.reboot(now, call()), { code: 'JOB_CONFLICT', message: /unatt/ })
})

test('a systemd that does not answer for a moment calls no reboot off', async () => {
  using host = testHost()
  let job_id = ''
  {
    await using agent = testAgent(host)
    job_id = (await agent.jobs.reboot(later, call())).job_id
    await isSet(host)
  }
  host.systemdAnswers = false
  await using agent = testAgent(host)
  await until('it noticed', () => agent.errors.length > 0)
  host.systemdAnswers = true
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(agent.store.get(job_id).status, 'running')
  assert.equal(existsSync(rebootFlag(agent.folder, job_id)), true)
  assert.equal(host.timers.length, 1)
})

test('a reboot that is still waited for can be cancelled, and does not come', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.reboot(later, call())
  await isSet(host)
  assert.equal(agent.jobs.delete({ job_id }).action, 'cancelled')
  assert.equal(existsSync(rebootFlag(agent.folder, job_id)), false)
  await until('the timer is gone', () => host.timers.every(({ active }) => !active))
  assert.equal(agent.store.get(job_id).status, 'cancelled')
})

test('a reboot that is cancelled while its timer is being set does not come either', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.reboot(later, call())
  await until('it began', () => agent.store.get(job_id).phase === 'reboot')
  agent.jobs.delete({ job_id })
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(existsSync(rebootFlag(agent.folder, job_id)), false)
})

test('a repeated request sets no second reboot', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const first = await agent.jobs.reboot(later, call('key-1'))
  await isSet(host)
  const again = await agent.jobs.reboot(later, call('key-1'))
  assert.equal(again.job_id, first.job_id)
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.equal(host.timers.length, 1)
})
