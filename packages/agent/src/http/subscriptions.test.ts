import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentJob } from '@linux-patch/shared/agent-job'
import type { AgentSocketMessage } from '@linux-patch/shared/live'
import { status } from './socket.test.kit.ts'
import { subscriptions } from './subscriptions.ts'
import { JOB_ID, job } from './world.test.kit.ts'

const line = (message: string): AgentSocketMessage => ({
  type: 'job_log',
  payload: { timestamp: job.updated_at, level: 'info', message, job_id: JOB_ID },
})

/** A reader whose job is read slowly: what happens meanwhile comes before the read is done. */
function slowReader() {
  const heard: AgentSocketMessage[] = []
  const read = Promise.withResolvers<AgentJob>()
  const asked = subscriptions({
    jobs: { get: () => read.promise },
    send: (message) => heard.push(message),
  })
  return { heard, asked, read }
}

test('what happens while a job is read comes after its past, and no line comes twice', async () => {
  const { heard, asked, read } = slowReader()
  const added = asked.add(JOB_ID)
  asked.hear(line('Unpacking nginx'))
  asked.hear(line('Setting up nginx'))
  asked.hear(status(JOB_ID))
  assert.equal(heard.length, 0)
  read.resolve(job)
  await added
  assert.deepEqual(
    heard.map((message) => (message.type === 'job_log' ? message.payload.message : message.type)),
    ['Unpacking nginx', 'job_status', 'Setting up nginx', 'job_status'],
  )
})

test('news that are older than what was told do not turn it back', async () => {
  const { heard, asked, read } = slowReader()
  const added = asked.add(JOB_ID)
  asked.hear(status(JOB_ID, 10))
  read.resolve({ ...job, updated_at: '2027-01-01T00:00:00.000Z' })
  await added
  assert.equal(heard.filter(({ type }) => type === 'job_status').length, 1)
})

test('a job that has ended is told with its result', async () => {
  const { heard, asked, read } = slowReader()
  read.resolve({ ...job, status: 'completed' })
  await asked.add(JOB_ID)
  assert.equal(heard.at(-1)?.type, 'job_complete')
})

test('a job that cannot be read is not followed', async () => {
  const { heard, asked, read } = slowReader()
  read.reject(new TypeError('the secret word'))
  await asked.add(JOB_ID)
  asked.hear(status(JOB_ID))
  assert.deepEqual(
    heard.map(({ type }) => type),
    ['error'],
  )
  assert.doesNotMatch(JSON.stringify(heard), /secret/)
})

test('a socket has so many jobs and no more', async () => {
  const heard: AgentSocketMessage[] = []
  const asked = subscriptions({ jobs: { get: () => job }, send: (said) => heard.push(said) })
  for (let count = 0; count < 100; count += 1) await asked.add(String(count))
  heard.splice(0)
  await asked.add('one more')
  assert.deepEqual(
    heard.map(({ type }) => type),
    ['error'],
  )
})
