import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Failure } from '@linux-patch/shared/failure'
import { test } from 'node:test'
import type { ScriptedAgent } from '../agents/agent.test.kit.ts'
import { done } from '../agents/answers.test.kit.ts'
import { manager } from '../start/manager.test.kit.ts'
import { fleet, isTaken, until, type Fleet } from './fleet.test.kit.ts'

const rarely = { hosts: { read_every_seconds: 86_400, retry_every_seconds: 86_400 } }
const cancelled = {
  ...done,
  status: 'cancelled' as const,
  message: 'Cancelled before anything was installed.',
}

/** Keeps what this host is asked to cancel. */
function heard({ answers }: ScriptedAgent) {
  const asked: unknown[] = []
  const { deleteJob } = answers
  answers.deleteJob = (input, call) => (asked.push(input), deleteJob(input, call))
  return asked
}

const running = async (world: Fleet) => {
  const { id } = await world.patch()
  await world.part(id, ({ progress_percent }) => progress_percent === 10)
  return id
}

test('a job that has ended is not cancelled, and one that nobody knows neither', async () => {
  await using world = await fleet()
  const nobody = '019a0000-0000-7000-8000-000000000000'
  await assert.rejects(world.admin.cancelJob({ id: nobody }), { code: 'not_found' })
  const id = await running(world)
  world.agent.send('job_complete', world.agent.move(done))
  await world.ended(id)
  await assert.rejects(world.admin.cancelJob({ id }), {
    code: 'conflict',
    message: 'The job has ended already.',
  })
})

test('a host that was not asked yet never is, and the others go on', async () => {
  await using world = await fleet({ hosts: 2 })
  const [, away] = world.agents
  const first = await running(world)
  const queued = await world.patch()
  const answer = await world.admin.cancelJob({ id: queued.id })
  assert.deepEqual([answer.status, answer.hosts[0]?.status], ['cancelled', 'cancelled'])
  assert.equal(answer.hosts[0]?.message, 'Cancelled before the host was asked.')
  assert.notEqual(answer.completed_at, null)
  for (const agent of world.agents) agent.send('job_complete', agent.move(done))
  assert.equal((await world.ended(first)).status, 'completed')
  assert.equal(away?.dispatches(), 1)
})

test('a host that is away is cancelled at once, and asked for nothing when it is back', async () => {
  await using world = await fleet()
  await world.agent.leave()
  const { id } = await world.patch()
  await world.part(id, ({ message }) => message.includes('Trying again'))
  const { status } = await world.admin.cancelJob({ id })
  assert.equal(status, 'cancelled')
  await world.agent.comeBack()
  world.pass(120_000)
  await new Promise((resolve) => setTimeout(resolve, 2500))
  assert.equal(world.agent.dispatches(), 0)
})

test('a host that drops us before a word is said was never asked', async () => {
  await using world = await fleet()
  await world.agent.leave()
  const whitelist = createServer((socket) => void socket.resetAndDestroy())
  await using _ = whitelist.listen(world.agent.port, '127.0.0.1')
  await once(whitelist, 'listening')
  const { id } = await world.patch()
  await world.part(id, ({ message }) => message.includes('Trying again'))
  assert.equal((await world.admin.cancelJob({ id })).status, 'cancelled')
})

test('a host at work is told once, only to cancel, and says itself how it ended', async () => {
  await using world = await fleet()
  const asked = heard(world.agent)
  const id = await running(world)
  const { status, hosts } = await world.admin.cancelJob({ id })
  assert.equal(status, 'running')
  assert.notEqual(hosts[0]?.cancel_requested_at, null)
  await until(() => asked[0])
  await world.admin.cancelJob({ id })
  world.agent.send('job_complete', world.agent.move(cancelled))
  const job = await world.ended(id)
  assert.deepEqual(
    [job.status, job.hosts[0]?.message, job.hosts[0]?.changes.length],
    ['cancelled', 'Cancelled before anything was installed.', 1],
  )
  assert.deepEqual(asked, [{ job_id: job.hosts[0]?.agent_job_id, cancel_only: true }])
  const entries = await world.stores.audit.list({ limit: 100, offset: 0 })
  const [entry] = entries.filter(({ action }) => action === 'job_cancel')
  assert.deepEqual([entry?.target_id, entry?.actor_name], [id, 'admin'])
})

test('a host that was done before it heard has completed', async () => {
  await using world = await fleet({ socket: false })
  const id = await running(world)
  world.agent.move(done)
  await world.admin.cancelJob({ id })
  assert.equal((await world.ended(id)).status, 'completed')
})

test('a host that refuses to cancel goes on, the part says so, and it can be asked again', async () => {
  await using world = await fleet({ socket: false })
  const { deleteJob } = world.agent.answers
  world.agent.answers.deleteJob = () => {
    throw new Failure('AUTHZ_OPERATION_DENIED', 'This host lets nobody do that.')
  }
  const id = await running(world)
  await world.admin.cancelJob({ id })
  await world.part(id, ({ cancel_refused }) => cancel_refused === 'This host lets nobody do that.')
  const polls = world.agent.asked.length
  await until(() => (world.agent.asked.length > polls + 1 ? true : undefined))
  await world.part(id, ({ cancel_refused }) => cancel_refused !== null)
  const tries = () => world.agent.asked.filter((line) => line.startsWith('DELETE')).length
  assert.equal(tries(), 1)

  world.agent.answers.deleteJob = deleteJob
  const { hosts } = await world.admin.cancelJob({ id })
  assert.equal(hosts[0]?.cancel_refused, null)
  await until(() => (tries() === 2 ? true : undefined))
  world.agent.move(cancelled)
  const job = await world.ended(id)
  assert.deepEqual([job.status, job.hosts[0]?.cancel_refused], ['cancelled', null])
})

test('a refusal that cannot be written down takes nothing from how the job ends', async () => {
  await using world = await fleet()
  world.agent.answers.deleteJob = () => {
    throw new Failure('AUTHZ_OPERATION_DENIED', 'This host lets nobody do that.')
  }
  const id = await running(world)
  world.run(`create trigger full before update on job_host when new.cancel_refused is not null
    begin select raise(abort, 'the disk is full'); end`)
  await world.admin.cancelJob({ id })
  await until(() => world.log.said('error').find((line) => line.includes('was not told')))
  world.agent.send('job_complete', world.agent.move(done))
  assert.equal((await world.ended(id)).status, 'completed')
  assert.equal(world.log.said('error').length, 1)
})

test('a host that cannot be reached is told when it is back', async () => {
  await using world = await fleet({ socket: false })
  const asked = heard(world.agent)
  const id = await running(world)
  await world.agent.leave()
  await world.admin.cancelJob({ id })
  await new Promise((resolve) => setTimeout(resolve, 500))
  await world.agent.comeBack()
  await until(() => asked[0])
  world.agent.move(cancelled)
  assert.equal((await world.ended(id)).status, 'cancelled')
})

test('a host that took its part, though no answer came, is asked again only to be told to stop', async () => {
  await using world = await fleet()
  const asked = heard(world.agent)
  const keys = new Set<string | null>()
  const { applyPatches } = world.agent.answers
  let isFirst = true
  world.agent.answers.applyPatches = async (input, call) => {
    keys.add(call.idempotency_key)
    const answer = await applyPatches(input, call)
    if (isFirst) await world.agent.leave()
    isFirst = false
    return answer
  }
  const { id } = await world.patch()
  await world.part(id, ({ message }) => message.includes('Trying again'))
  const { status } = await world.admin.cancelJob({ id })
  assert.equal(status, 'running') // Nobody knows whether the host has taken it.
  await world.agent.comeBack()
  await until(() => asked[0])
  world.agent.send('job_complete', world.agent.move(cancelled))
  assert.equal((await world.ended(id)).status, 'cancelled')
  assert.deepEqual([keys.size, world.agent.jobs.size], [1, 1])
})

test('a manager that stops before the host was told leaves that to the next', async () => {
  await using world = await fleet()
  const asked = heard(world.agent)
  const id = await running(world)
  const { deleteJob } = world.agent.answers
  let isStopped = false
  const never = new Promise<never>(() => {})
  world.agent.answers.deleteJob = (input, call) => (isStopped ? deleteJob(input, call) : never)
  await world.admin.cancelJob({ id })
  await until(() => world.agent.asked.find((line) => line.startsWith('DELETE')))
  await world.stop()
  assert.deepEqual(asked, [])
  isStopped = true

  await using next = await manager({ folder: world.folder, settings: rarely })
  await until(() => asked[0])
  world.agent.send('job_complete', world.agent.move(cancelled))
  const ended = await until(async () => {
    const job = await next.stores.jobs.get(id, 'all')
    return job.completed_at === null ? undefined : job
  })
  assert.equal(ended.status, 'cancelled')
  assert.equal(world.agent.dispatches(), 1)
})

test('a manager hears of what another one cancelled', async () => {
  await using world = await fleet()
  const asked = heard(world.agent)
  const id = await running(world)
  await using other = await manager({ folder: world.folder, settings: rarely })
  await other.as(await world.signIn()).cancelJob({ id })
  await until(() => asked[0])
  world.agent.send('job_complete', world.agent.move(cancelled))
  assert.equal((await world.ended(id)).status, 'cancelled')
  assert.equal(asked.length, 1)
})

test('cancelling a job leaves alone what is queued behind it', async () => {
  await using world = await fleet()
  const id = await running(world)
  const second = await world.patch()
  await world.admin.cancelJob({ id })
  world.agent.send('job_complete', world.agent.move(cancelled))
  await world.ended(id)
  await world.part(second.id, isTaken)
  assert.equal(world.agent.dispatches(), 2)
})
