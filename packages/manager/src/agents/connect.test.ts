import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setInterval as every } from 'node:timers/promises'
import { test } from 'node:test'
import type { Failure } from '@linux-patch/shared/failure'
import { manager } from '../start/manager.test.kit.ts'
import { scriptedAgent } from './agent.test.kit.ts'
import { agents } from './connect.ts'

/** A scripted agent, and the manager's way to it with little patience. */
async function impatient() {
  const world = await manager()
  const host_id = randomUUID()
  const agent = await scriptedAgent({ authority: world.authority, host_id })
  const way = agents({
    identity: world.identity,
    isOver: () => Promise.resolve(false),
    patience: { silence_ms: 1500, whole_ms: 2500 },
  })
  const address = { host_id, ip_address: '127.0.0.1', agent_port: agent.port }
  return {
    host_id,
    authority: world.authority,
    agent,
    address,
    way,
    client: way.at(address),
    async [Symbol.asyncDispose]() {
      await way.close()
      await agent[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}

test('a host that never answers is let go', async () => {
  await using world = await impatient()
  world.agent.answerInstead(() => {})
  await assert.rejects(world.client.getHealth(), {
    code: 'host_unreachable',
    message: 'The host has stopped answering.',
  })
})

test('a host that answers a byte at a time is let go as well', async () => {
  await using world = await impatient()
  world.agent.answerInstead(async (_request, response) => {
    for await (const _ of every(200)) {
      if (response.destroyed) return
      response.write(' ')
    }
  })
  await assert.rejects(world.client.getHealth(), {
    code: 'host_unreachable',
    message: 'The host answers too slowly.',
  })
})

test('that we let go ourselves is no failure of the host', async () => {
  await using world = await impatient()
  world.agent.answerInstead(() => {})
  const abort = new AbortController()
  const aborted = world.client.getHealth({}, { signal: abort.signal })
  const closed = world.client.getSystemInfo()
  abort.abort(new Error('Not any more.'))
  await assert.rejects(aborted, { message: 'Not any more.' })
  const [asked] = await Promise.allSettled([closed, world.way.close()])
  assert.equal(asked.status === 'rejected' && asked.reason.code, 'UND_ERR_DESTROYED')
  await assert.rejects(world.client.getHealth(), { message: 'The manager stops.' })
})

test('what does not speak HTTP has refused', async () => {
  await using world = await impatient()
  world.agent.answerInstead(({ socket }) => void socket.end('220 smtp.example ESMTP\r\n'))
  await assert.rejects(world.client.getHealth(), {
    code: 'host_refused',
    message: 'What answered there does not speak HTTP.',
  })
})

test('whether a host may have heard what it was asked is told from where the call failed', async () => {
  await using world = await impatient()
  const sentTo = (agent_port: number) =>
    world.way
      .at({ ...world.address, agent_port })
      .reboot({})
      .then(
        () => assert.fail('It was not refused.'),
        (error: Failure) => error.details['sent'],
      )
  world.agent.answerInstead(({ socket }) => void socket.destroy())
  assert.equal(await sentTo(world.agent.port), true)
  world.agent.answerInstead(() => {})
  assert.equal(await sentTo(world.agent.port), true)

  const { authority } = world
  await using another = await scriptedAgent({ authority, host_id: world.host_id, shows: 'b' })
  assert.equal(await sentTo(another.port), false)
  await using whitelist = createServer((socket) => void socket.resetAndDestroy()).listen(0)
  await once(whitelist, 'listening')
  assert.equal(await sentTo((whitelist.address() as AddressInfo).port), false)
  await world.agent.leave()
  assert.equal(await sentTo(world.agent.port), false)
})

test('a host where nothing listens is said to be that', async () => {
  await using world = await impatient()
  await world.agent.leave()
  await assert.rejects(world.client.getHealth(), {
    code: 'host_unreachable',
    message: 'Nothing listens on the agent’s port of this host.',
  })
})
