import assert from 'node:assert/strict'
import { Failure } from '@linux-patch/shared/failure'
import { test } from 'node:test'
import { done } from '../agents/answers.test.kit.ts'
import { fleet, isTaken, until, type Fleet } from './fleet.test.kit.ts'

const MINUTE = 60_000
const mayHave = 'The host was asked before, and may have taken the job; what it did is not known.'

test('an agent that restarts in the middle of a job is found again', async () => {
  await using world = await fleet()
  const { id } = await world.patch()
  await world.part(id, isTaken)
  await world.agent.leave()
  await world.agent.comeBack()
  world.agent.move(done)
  assert.equal((await world.ended(id)).status, 'completed')
  assert.equal(world.agent.dispatches(), 1)
})

test('a host that is away when its turn comes is tried until it is there', async () => {
  await using world = await fleet()
  await world.agent.leave()
  const { id } = await world.patch()
  const waiting = await world.part(id, ({ message }) => message !== '')
  assert.deepEqual(
    [waiting.status, waiting.message],
    ['pending', 'Nothing listens on the agent’s port of this host. Trying again.'],
  )
  await world.agent.comeBack()
  world.pass(MINUTE)
  await world.part(id, isTaken)
  assert.equal(world.agent.dispatches(), 1)
})

for (const [code, message] of [
  ['RATE_LIMIT_EXCEEDED', 'Too many requests.'],
  ['SERVICE_UNHEALTHY', 'The agent is starting.'],
] as const)
  test(`${code} is waited out, with the same key each time`, async () => {
    await using world = await fleet()
    const { applyPatches } = world.agent.answers
    const keys = new Set<string | null>()
    let tries = 0
    world.agent.answers.applyPatches = (input, call) => {
      keys.add(call.idempotency_key)
      if (tries++ < 2) throw new Failure(code, message, { details: { retry_after_seconds: 30 } })
      return applyPatches(input, call)
    }
    const { id } = await world.patch()
    const waiting = await world.part(id, ({ message }) => message !== '')
    assert.equal(waiting.message, `${message} Trying again.`)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    assert.equal(tries, 1) // It is left alone for as long as it wants.
    await until(async () => {
      world.pass(1000)
      const [part] = (await world.stores.jobs.get(id, 'all')).hosts
      return part && isTaken(part) ? true : undefined
    })
    assert.equal(tries, 3)
    assert.equal(keys.size, 1)
  })

for (const retry_after_seconds of [1e12, 'soon'])
  test(`a host that wants to be left alone for ${retry_after_seconds} seconds is so for a minute at most`, async () => {
    await using world = await fleet()
    const { applyPatches } = world.agent.answers
    let tries = 0
    world.agent.answers.applyPatches = (input, call) => {
      const details = { retry_after_seconds }
      if (tries++ === 0) throw new Failure('RATE_LIMIT_EXCEEDED', 'Later.', { details })
      return applyPatches(input, call)
    }
    const { id } = await world.patch()
    await world.part(id, ({ message }) => message === 'Later. Trying again.')
    world.pass(MINUTE + 1000)
    await world.part(id, isTaken)
    assert.deepEqual(world.log.said('error'), [])
  })

test('a host that is not reached for an hour has failed, and never answered that it took the job', async () => {
  await using world = await fleet()
  await world.agent.leave()
  const { id } = await world.patch()
  await world.part(id, ({ message }) => message !== '')
  world.pass(61 * MINUTE)
  const { status, hosts } = await world.ended(id)
  assert.deepEqual(
    [status, hosts[0]?.error_code, hosts[0]?.last_error],
    [
      'failed',
      'host_unreachable',
      'Nothing listens on the agent’s port of this host. The host never answered that it took the job.',
    ],
  )
})

test('a host that is lost for an hour after it took the job has timed out, and what it did is not known', async () => {
  await using world = await fleet({ socket: false })
  const { id } = await world.patch()
  await world.part(id, ({ progress_percent }) => progress_percent === 10)
  await world.agent.leave()
  world.pass(61 * MINUTE)
  const { status, hosts } = await world.ended(id)
  assert.deepEqual(
    [status, hosts[0]?.error_code, hosts[0]?.last_error],
    [
      'timeout',
      'host_unreachable',
      'Nothing listens on the agent’s port of this host. The host had taken the job; what it did since is not known.',
    ],
  )
})

test('a job for a host that has left meanwhile is not sent to it', async () => {
  await using world = await fleet()
  await world.agent.leave()
  const { id } = await world.patch()
  await world.part(id, ({ message }) => message !== '')
  await world.stores.hosts.retire(world.agent.host_id, 'Gone.', world.now().toISOString())
  await world.agent.comeBack()
  world.pass(MINUTE)
  const { hosts } = await world.ended(id)
  assert.deepEqual(
    [hosts[0]?.status, hosts[0]?.last_error, hosts[0]?.message],
    ['failed', 'The host is no longer managed.', 'Not sent to the host.'],
  )
  assert.deepEqual(world.agent.asked, [])
})

for (const isThere of [true, false])
  test(`a host that is let go by force while it ${isThere ? 'works' : 'is away'} is soon waited for no more`, async () => {
    await using world = await fleet({ socket: false })
    const { id } = await world.patch()
    await world.part(id, ({ progress_percent }) => progress_percent === 10)
    if (!isThere) await world.agent.leave()
    await world.admin.retireHost({ id: world.agent.host_id, force: true, reason: 'It burnt.' })
    const { status, hosts } = await world.ended(id)
    assert.deepEqual(
      [status, hosts[0]?.error_code, hosts[0]?.last_error, hosts[0]?.message],
      ['failed', 'conflict', `The host is no longer managed. ${mayHave}`, 'Given up.'],
    )
    const asked = world.agent.asked.length
    await new Promise((resolve) => setTimeout(resolve, 2500))
    assert.equal(world.agent.asked.length, asked, 'it is asked nothing more')
    assert.deepEqual(world.log.said('error'), [])
  })

/** A job that its host has taken, though no answer came. */
async function takenUnheard(world: Fleet) {
  const { applyPatches } = world.agent.answers
  world.agent.answers.applyPatches = async (input, call) => {
    const answer = await applyPatches(input, call)
    await world.agent.leave()
    return answer
  }
  const { id } = await world.patch()
  await world.part(id, ({ message }) => message.includes('Trying again'))
  return id
}

test('a host that has left, and may have taken the job before, is not called never asked', async () => {
  await using world = await fleet()
  const id = await takenUnheard(world)
  await world.stores.hosts.retire(world.agent.host_id, 'Gone.', world.now().toISOString())
  world.pass(MINUTE)
  const { hosts } = await world.ended(id)
  assert.deepEqual(
    [hosts[0]?.last_error, hosts[0]?.message],
    [`The host is no longer managed. ${mayHave}`, 'Given up.'],
  )
})

test('a host that refuses, and may have taken the job before, is said to', async () => {
  await using world = await fleet()
  const id = await takenUnheard(world)
  world.agent.answers.applyPatches = () => {
    throw new Failure('AUTHZ_OPERATION_DENIED', 'This host lets nobody do that.')
  }
  await world.agent.comeBack()
  world.pass(MINUTE)
  const { hosts } = await world.ended(id)
  assert.equal(hosts[0]?.last_error, `This host lets nobody do that. ${mayHave}`)
})
