import assert from 'node:assert/strict'
import type { AgentJob } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import { test } from 'node:test'
import { done, revertible } from '../../agents/answers.test.kit.ts'
import type { ScriptedAgent } from '../../agents/agent.test.kit.ts'
import { fleet, isTaken, type Fleet } from '../../orchestration/fleet.test.kit.ts'

/** Every job of this host ends like that as soon as somebody asks. */
function endAll({ answers, jobs }: ScriptedAgent, end: Partial<AgentJob> = revertible) {
  answers.getJob = ({ job_id }) => ({ ...jobs.get(job_id)!, ...end })
}

async function patched(world: Fleet) {
  for (const agent of world.agents) endAll(agent)
  return world.ended((await world.patch()).id)
}

const reasonOf = async (asked: Promise<unknown>) => {
  const failure = await asked.then(
    () => assert.fail('It was not refused.'),
    (error: unknown) => error,
  )
  assert.ok(failure instanceof Failure)
  return [failure.code, failure.details['reason'], failure.message]
}

test('what has not ended, changed nothing or cannot be taken back is refused with the reason', async () => {
  await using world = await fleet()
  const { rollbackJob } = world.admin
  const nobody = '019a0000-0000-7000-8000-000000000000'
  await assert.rejects(rollbackJob({ id: nobody }), { code: 'not_found' })

  const { id } = await world.patch()
  await world.part(id, isTaken)
  assert.deepEqual(await reasonOf(rollbackJob({ id })), [
    'conflict',
    'not_terminal',
    'The job has not ended yet.',
  ])
  endAll(world.agent, done)
  world.agent.send('job_complete', world.agent.move(done))
  await world.ended(id)
  assert.equal((await reasonOf(rollbackJob({ id })))[1], 'nothing_to_revert')

  const rollback = { possible: false, reason: 'Nobody has openssl 1.0 any more.' }
  endAll(world.agent, { ...done, result: { ...done.result!, rollback } })
  const second = await world.ended((await world.patch()).id)
  assert.deepEqual(await reasonOf(rollbackJob({ id: second.id })), [
    'conflict',
    'not_revertible',
    'web-1.example: Nobody has openssl 1.0 any more.',
  ])
  const reboot = await world.admin.createJob({ kind: 'reboot', host_ids: world.host_ids })
  await world.ended(reboot.id)
  assert.equal((await reasonOf(rollbackJob({ id: reboot.id })))[1], 'not_revertible')
  assert.equal((await world.admin.listJobs()).total, 3)
})

test('a rollback is a job on the hosts that changed something, each asked for its own part', async () => {
  await using world = await fleet({ hosts: 3 })
  const [one, two, three] = world.agents
  const original = await (async () => {
    endAll(one!)
    endAll(two!, done)
    endAll(three!)
    return world.ended((await world.patch()).id)
  })()
  const asked = new Map<string, string>()
  for (const { host_id, answers } of world.agents) {
    const { rollbackJob } = answers
    answers.rollbackJob = (input, call) => (
      asked.set(host_id, input.job_id),
      rollbackJob(input, call)
    )
  }
  const revertible = async () => (await world.admin.getJob({ id: original.id })).revertible_host_ids
  assert.deepEqual(await revertible(), [one!.host_id, three!.host_id])
  const { id, ...started } = await world.admin.rollbackJob({ id: original.id, notes: 'It broke.' })
  assert.deepEqual([await revertible(), started.revertible_host_ids], [[], []])
  assert.deepEqual(
    [started.kind, started.status, started.parent_job_id, started.notes],
    ['rollback', 'queued', original.id, 'It broke.'],
  )
  assert.deepEqual(started.host_names, ['web-1.example', 'web-3.example'])
  assert.deepEqual(started.packages, [{ name: 'openssl', version: null }])

  assert.equal((await world.ended(id)).status, 'completed')
  const [first, , third] = original.hosts
  assert.equal(asked.size, 2)
  for (const part of [first, third])
    assert.equal(asked.get(part?.host_id ?? ''), part?.agent_job_id)
  assert.deepEqual((await world.admin.getJob({ id: original.id })).rollback_job_ids, [id])
  const entry = (await world.stores.audit.list({ limit: 100, offset: 0 })).at(-1)
  assert.deepEqual(
    [entry?.action, entry?.target_id, entry?.details['parent_job_id']],
    ['job_rollback', id, original.id],
  )
})

test('asked for many times at once it is one job, and the same key answers with that job', async () => {
  await using world = await fleet()
  const { id } = await patched(world)
  const asked = Array.from({ length: 6 }, () => world.admin.rollbackJob({ id }))
  const answers = await Promise.allSettled(asked)
  assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.equal((await reasonOf(world.admin.rollbackJob({ id })))[1], 'already_rolled_back')

  const other = await patched(world)
  const keyed = () => world.admin.rollbackJob({ id: other.id }, { idempotency_key: 'once' })
  const [first, again] = [await keyed(), await keyed()]
  await world.ended(first.id)
  assert.deepEqual([again.id, (await keyed()).id], [first.id, first.id])
  const strange = world.admin.rollbackJob({ id }, { idempotency_key: 'once' })
  await assert.rejects(strange, { code: 'idempotency_conflict' })
})

test('a job whose rollback was itself taken back stands again, and so it does where it failed', async () => {
  await using world = await fleet()
  const { id } = await patched(world)
  const back = await world.ended((await world.admin.rollbackJob({ id })).id)
  assert.equal((await reasonOf(world.admin.rollbackJob({ id })))[1], 'already_rolled_back')
  await world.ended((await world.admin.rollbackJob({ id: back.id })).id)

  const { rollbackJob } = world.agent.answers
  world.agent.answers.rollbackJob = () => {
    throw new Failure('INVALID_REQUEST', 'Changed since by something else: openssl.')
  }
  const failed = await world.ended((await world.admin.rollbackJob({ id })).id)
  assert.deepEqual(
    [failed.status, failed.hosts[0]?.last_error],
    ['failed', 'Changed since by something else: openssl.'],
  )
  world.agent.answers.rollbackJob = rollbackJob
  assert.equal((await world.ended((await world.admin.rollbackJob({ id })).id)).status, 'completed')
})

test('a host that was lost half-way may have changed something, and is asked', async () => {
  await using world = await fleet({ socket: false })
  const { id } = await world.patch()
  await world.part(id, ({ progress_percent }) => progress_percent === 10)
  await world.agent.leave()
  world.pass(61 * 60_000)
  assert.equal((await world.ended(id)).status, 'timeout')
  await world.agent.comeBack()
  endAll(world.agent)
  await world.admin.stepUp({ password: world.password })
  const back = await world.admin.rollbackJob({ id })
  assert.equal((await world.ended(back.id)).status, 'completed')
})

test('a host that gave its job up, and was still at it then, is asked', async () => {
  await using world = await fleet()
  const { id } = await world.patch()
  await world.part(id, isTaken)
  const error = { code: 'JOB_TIMEOUT', message: 'It was not done within 60 minutes.' }
  const result = { ...done.result!, success: false, reboot_required: false, error }
  const given_up = { ...done, status: 'timeout' as const, result }
  world.agent.send('job_complete', world.agent.move(given_up))
  const { status, hosts } = await world.ended(id)
  assert.deepEqual([status, hosts[0]?.reboot_required], ['timeout', null])

  world.agent.move({ result: { ...result, rollback: { possible: true, reason: null } } })
  const { rollbackJob } = world.agent.answers
  world.agent.answers.rollbackJob = (input, call) => {
    endAll(world.agent)
    return rollbackJob(input, call)
  }
  const back = await world.admin.rollbackJob({ id })
  assert.equal((await world.ended(back.id)).status, 'completed')
})
