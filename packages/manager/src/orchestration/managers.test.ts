import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { done } from '../agents/answers.test.kit.ts'
import { manager } from '../start/manager.test.kit.ts'
import { fleet, isTaken, until, type Fleet } from './fleet.test.kit.ts'

/** Another manager over the same database. */
const again = ({ folder }: Fleet) =>
  manager({
    folder,
    settings: { hosts: { read_every_seconds: 86_400, retry_every_seconds: 86_400 } },
  })

const endIn = (world: Pick<Fleet, 'stores'>, id: string) =>
  until(async () => {
    const job = await world.stores.jobs.get(id, 'all')
    return job.completed_at === null ? undefined : job
  })

test('a manager that stops in the middle of a job leaves it to the next, which dispatches nothing', async () => {
  await using world = await fleet()
  const { id } = await world.patch()
  await world.part(id, ({ progress_percent }) => progress_percent === 10)
  await world.stop()
  world.agent.move(done)
  await using next = await again(world)
  assert.equal((await endIn(next, id)).status, 'completed')
  assert.equal(world.agent.dispatches(), 1)
})

test('a manager that stops while it hands a job over leaves it to the next, and the host starts it once', async () => {
  await using world = await fleet()
  const { applyPatches } = world.agent.answers
  const never = new Promise<never>(() => {})
  world.agent.answers.applyPatches = (input, call) => (applyPatches(input, call), never)
  const { id } = await world.patch()
  await until(() => (world.agent.jobs.size > 0 ? true : undefined))
  const start = Date.now()
  await world.stop()
  assert.ok(Date.now() - start < 2000)

  world.agent.answers.applyPatches = applyPatches
  world.agent.move(done)
  await using next = await again(world)
  assert.equal((await endIn(next, id)).status, 'completed')
  assert.equal(world.agent.jobs.size, 1)
})

test('stopping waits for no host, and says nothing bad of one that it let go', async () => {
  await using world = await fleet({ socket: false })
  const asks = (path: string) => until(() => world.agent.asked.find((line) => line.includes(path)))
  const isStart = ({ method }: { method: string }) => method === 'POST'
  world.agent.answerInstead((request, _response, next) => isStart(request) && next())
  const { id } = await world.patch()
  await asks('GET /jobs/')
  await asks('GET /health')
  const start = Date.now()
  await world.stop()
  assert.ok(Date.now() - start < 2000)
  assert.deepEqual([world.log.said('warn'), world.log.said('error')], [[], []])

  world.agent.answerInstead(undefined)
  await using next = await again(world)
  const host = await next.stores.hosts.get(world.agent.host_id, 'all')
  assert.deepEqual([host.status, host.last_failure], ['pending', null])
  const [part] = (await next.stores.jobs.get(id, 'all')).hosts
  assert.deepEqual([part?.status, part?.last_error], ['pending', null])
})

test('a manager whose lease went to another writes nothing any more', async () => {
  await using world = await fleet({ socket: false })
  const { id } = await world.patch()
  await world.part(id, ({ status }) => status === 'running')
  // The other one sees a lease that ran out, as after a long sleep of this one.
  const later = new Date(Date.now() + 60_000).toISOString()
  const lease_until = new Date(Date.now() + 3_600_000).toISOString()
  const claim = { owner: 'another', now: later, lease_until, limit: 9 }
  const [part] = await world.stores.jobs.claim(claim)
  assert.equal(part?.job_id, id)
  world.agent.move(done)
  await wait(2500)
  const [left] = (await world.stores.jobs.get(id, 'all')).hosts
  assert.deepEqual([left?.status, left?.completed_at], ['running', null])

  const asked = world.agent.asked.length
  await wait(2200)
  assert.equal(world.agent.asked.length, asked) // And it has stopped asking.
  assert.deepEqual(world.log.said('error'), [])
})

test('a manager that slept longer than its lease drives each part once when it wakes', async () => {
  await using world = await fleet({ socket: false })
  const { id } = await world.patch()
  await world.part(id, isTaken)
  world.pass(60_000)
  await wait(1500)
  const polls = () => world.agent.asked.filter((line) => line.startsWith('GET /jobs/')).length
  const before = polls()
  await wait(4100)
  assert.ok(polls() - before <= 3, 'one watcher asks every other second')
  world.agent.move(done)
  assert.equal((await world.ended(id)).status, 'completed')
})

test('of two managers on one database, each part is driven by one', async () => {
  await using world = await fleet({ hosts: 6 })
  await using other = await again(world)
  for (const { answers, jobs } of world.agents)
    answers.getJob = ({ job_id }) => ({ ...jobs.get(job_id)!, ...done })
  for (let count = 0; count < 3; count++) {
    const { id } = await world.patch()
    assert.equal((await endIn(other, id)).status, 'completed')
  }
  for (const agent of world.agents) assert.deepEqual([agent.dispatches(), agent.jobs.size], [3, 3])
  for (const { log } of [world, other]) assert.deepEqual(log.said('error'), [])
})
