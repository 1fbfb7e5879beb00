import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { dial, follow, status } from './socket.test.kit.ts'
import { JOB_ID, OTHER_JOB_ID, job, world } from './world.test.kit.ts'

test('whoever subscribes is told the log so far and the state now', async () => {
  await using agent = await world()
  using reader = await follow(agent)
  reader.say({ type: 'subscribe', job_id: JOB_ID })
  const { status, progress_percent, message, updated_at } = job
  assert.deepEqual(await reader.settled(), [
    { type: 'job_log', payload: { ...job.logs[0], job_id: JOB_ID } },
    {
      type: 'job_status',
      payload: { job_id: JOB_ID, status, progress_percent, message, updated_at },
    },
  ])
})

test('the job may also be named in the payload', async () => {
  await using agent = await world()
  using reader = await follow(agent)
  reader.say({ type: 'subscribe', payload: { job_id: JOB_ID } })
  assert.equal((await reader.settled()).length, 2)
})

test('whoever did not ask hears nothing, and whoever asked only of that job', async () => {
  await using agent = await world()
  using silent = await follow(agent)
  using reader = await follow(agent)
  reader.say({ type: 'subscribe', job_id: JOB_ID })
  await reader.settled()

  agent.say(status(JOB_ID))
  agent.say(status(OTHER_JOB_ID))
  assert.deepEqual(await reader.settled(), [status(JOB_ID)])
  assert.deepEqual(await silent.settled(), [])
})

test('after unsubscribing there is silence again', async () => {
  await using agent = await world()
  using reader = await follow(agent)
  reader.say({ type: 'subscribe', job_id: JOB_ID })
  reader.say({ type: 'unsubscribe', job_id: JOB_ID })
  await reader.settled()
  agent.say(status(JOB_ID))
  assert.deepEqual(await reader.settled(), [])
})

test('subscribe_all hears of every job from then on', async () => {
  await using agent = await world()
  using reader = await follow(agent)
  reader.say({ type: 'subscribe_all' })
  await reader.settled()
  agent.say(status(JOB_ID))
  agent.say(status(OTHER_JOB_ID))
  assert.deepEqual(await reader.settled(), [status(JOB_ID), status(OTHER_JOB_ID)])
})

test('a job that is not there is an error, and the socket stays', async () => {
  await using agent = await world()
  using reader = await follow(agent)
  reader.say({ type: 'subscribe', job_id: OTHER_JOB_ID })
  const [error] = await reader.settled()
  assert.equal(error?.type === 'error' && error.payload.code, 'JOB_NOT_FOUND')
})

for (const nonsense of ['{', '[]', '{"type":"shout"}', '{"type":"subscribe","job_id":"1"}'])
  test(`${nonsense} is answered with an error, and the socket stays`, async () => {
    await using agent = await world()
    using reader = await follow(agent)
    reader.socket.send(nonsense)
    const [error] = await reader.settled()
    assert.equal(error?.type === 'error' && error.payload.code, 'INVALID_REQUEST')
  })

test('a message that is too large ends the socket', async () => {
  await using agent = await world()
  using reader = await follow(agent)
  reader.socket.send('x'.repeat(5000))
  const [code] = await once(reader.socket, 'close')
  assert.equal(code, 1009)
})

test('a flood of messages ends the socket', async () => {
  await using agent = await world()
  using reader = await follow(agent)
  for (let count = 0; count <= 300; count += 1) reader.say({ type: 'ping' })
  const [code] = await once(reader.socket, 'close')
  assert.equal(code, 1008)
})

test('a reader that does not read is cut off', async () => {
  await using agent = await world({ mostWaiting: 64 * 1024 })
  using reader = await follow(agent)
  reader.say({ type: 'subscribe_all' })
  await reader.settled()
  reader.socket.pause()
  const closed = once(reader.socket, 'close')
  const line = { timestamp: '2026-01-02T03:04:05.000Z', level: 'info' as const }
  for (let count = 0; count < 2000 && agent.server.connections() > 0; count += 1) {
    agent.say({
      type: 'job_log',
      payload: { ...line, message: 'x'.repeat(16_384), job_id: JOB_ID },
    })
    await wait(0)
  }
  reader.socket.resume()
  assert.equal((await closed)[0], 1006)
})

test('a peer that is gone is noticed', async () => {
  await using agent = await world({ pingMs: 50 })
  const socket = dial(agent, { autoPong: false })
  await once(socket, 'open')
  assert.equal((await once(socket, 'close'))[0], 1006)
})
