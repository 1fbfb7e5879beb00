import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Failure } from '@linux-patch/shared/failure'
import type { Request, RequestHandler } from 'express'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { done } from '../agents/answers.test.kit.ts'
import { fleet, until } from './fleet.test.kit.ts'

test('what the host refuses has failed, with the host’s code and words', async () => {
  await using world = await fleet()
  world.agent.answers.applyPatches = () => {
    throw new Failure('PKG_NOT_FOUND', 'There is no package nginxx.')
  }
  const { status, hosts } = await world.ended((await world.patch()).id)
  const [part] = hosts
  assert.deepEqual(
    [status, part?.error_code, part?.last_error, part?.message, part?.agent_job_id],
    ['failed', 'PKG_NOT_FOUND', 'There is no package nginxx.', 'Refused by the host.', null],
  )
})

const rubbish: Record<string, RequestHandler> = {
  'no envelope': (_request, response) => void response.json({ job_id: randomUUID() }),
  'an envelope that does not fit': (_request, response) =>
    void response.json({
      success: true,
      request_id: randomUUID(),
      timestamp: '2026-01-01T12:00:00.000Z',
      data: { job_id: '../../etc/passwd' },
      error: null,
    }),
  'a code of the manager’s own': (_request, response) =>
    void response.status(401).json({
      success: false,
      request_id: randomUUID(),
      timestamp: '2026-01-01T12:00:00.000Z',
      data: null,
      error: { code: 'unauthorized', message: 'Sign in.', details: {}, retryable: false },
    }),
  'no HTTP': (request) => void request.socket.end('220 smtp.example ESMTP\r\n'),
  'too long a text': (_request, response) => {
    response.on('error', () => {})
    const piece = Buffer.alloc(1024 * 1024, ' ')
    const more = (left: number) => {
      if (left > 0 && !response.destroyed) response.write(piece, () => more(left - 1))
    }
    more(40)
  },
}

const isAboutJob = ({ path }: Request) => path.startsWith('/api/v1/jobs/')

for (const [what, answer] of Object.entries(rubbish)) {
  test(`a host that answers ${what} when it is handed a job has refused it`, async () => {
    await using world = await fleet()
    world.agent.answerInstead(answer)
    const { status, hosts } = await world.ended((await world.patch()).id)
    assert.deepEqual([status, hosts[0]?.error_code], ['failed', 'host_refused'])
    assert.deepEqual(world.log.said('error'), [])
  })

  test(`a host that answers ${what} when it is asked for its job ends that part unknown`, async () => {
    await using world = await fleet({ socket: false })
    world.agent.answerInstead((request, response, next) =>
      isAboutJob(request) ? answer(request, response, next) : next(),
    )
    const { status, hosts } = await world.ended((await world.patch()).id)
    assert.deepEqual([status, hosts[0]?.error_code], ['failed', 'host_refused'])
    assert.match(hosts[0]?.last_error ?? '', /The host had taken the job; what it did since is not/)
    assert.deepEqual(world.log.said('error'), [])
  })
}

test('the end of another job is not the end of this one', async () => {
  await using world = await fleet({ socket: false })
  world.agent.answers.getJob = () => ({
    ...world.agent.move({}),
    ...done,
    job_id: randomUUID(),
  })
  const { hosts } = await world.ended((await world.patch()).id)
  assert.match(hosts[0]?.last_error ?? '', /^The host answered about another job\./)
})

test('messages about other jobs, out of bounds, or of an end that is none change nothing', async () => {
  await using world = await fleet()
  const { id } = await world.patch()
  await world.part(id, ({ progress_percent }) => progress_percent === 10)
  const { agent } = world
  await until(() => (agent.followers.size > 0 ? true : undefined))
  const job = agent.move({})
  agent.send('job_status', { ...job, job_id: randomUUID(), progress_percent: 99 })
  agent.send('job_log', { ...job.logs[0], job_id: randomUUID(), message: 'not yours' })
  agent.send('job_complete', { ...job, ...done, job_id: randomUUID() })
  agent.send('job_complete', job) // Which is running still.
  agent.send('job_status', { ...job, progress_percent: 5000 })
  await until(() => (agent.followers.size === 0 ? true : undefined))
  await wait(700) // What is heard is written twice a second.

  const [part] = (await world.stores.jobs.get(id, 'all')).hosts
  assert.deepEqual([part?.status, part?.progress_percent], ['running', 10])
  assert.deepEqual(
    part?.logs.map(({ message }) => message),
    ['line 1'],
  )
  agent.answers.getJob = () => ({ ...job, ...done })
  assert.equal((await world.ended(id)).status, 'completed')
})

test('a host that no longer knows the job leaves its part failed, and says so', async () => {
  await using world = await fleet({ socket: false })
  world.agent.answers.getJob = () => {
    throw new Failure('JOB_NOT_FOUND', 'There is no such job.')
  }
  const { hosts } = await world.ended((await world.patch()).id)
  assert.deepEqual(
    [hosts[0]?.status, hosts[0]?.error_code, hosts[0]?.last_error],
    [
      'failed',
      'JOB_NOT_FOUND',
      'The host no longer knows this job; what it did there is not known.',
    ],
  )
  assert.equal(world.agent.dispatches(), 1)
})

test('a host that shows the certificate of another is never sent a request', async () => {
  await using world = await fleet({ hosts: 2 })
  const [one, two] = world.agents
  // Both are ours and answer where they should, but each at the other's place.
  await world.stores.hosts.update(one!.host_id, { agent_port: two!.port })
  await world.stores.hosts.update(two!.host_id, { agent_port: one!.port })
  const { id } = await world.patch()
  const part = await world.part(id, ({ message }) => message.endsWith('Trying again.'))
  assert.match(part.message, /^Whoever answered there is not this host/)
  await assert.rejects(world.admin.refreshHost({ id: one!.host_id }), { code: 'host_unreachable' })
  assert.deepEqual([one?.asked, two?.asked], [[], []])
})

test('a host whose authority is another is never sent a request', async () => {
  await using world = await fleet()
  await using stranger = await fleet()
  await world.stores.hosts.update(world.agent.host_id, { agent_port: stranger.agent.port })
  await assert.rejects(world.admin.refreshHost({ id: world.agent.host_id }), {
    code: 'host_unreachable',
  })
  assert.deepEqual(stranger.agent.asked, [])
})
