import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { manager } from '../start/manager.test.kit.ts'
import { scriptedAgent } from './agent.test.kit.ts'

test('a host that shows the certificate of another gets no word over the socket', async () => {
  await using world = await manager()
  const { authority } = world
  const [host_id, shows] = [randomUUID(), randomUUID()]
  await using agent = await scriptedAgent({ authority, host_id, shows })
  const address = { host_id, ip_address: '127.0.0.1', agent_port: agent.port }
  await new Promise<void>((onLost) =>
    world.agents.follow(address, randomUUID(), { onMessage: () => {}, onLost }),
  )
  assert.deepEqual(agent.asked, [])
})

test('a socket that was let go is not heard any more, and is not said to be lost', async () => {
  await using world = await manager()
  const { authority } = world
  const host_id = randomUUID()
  await using agent = await scriptedAgent({ authority, host_id })
  const address = { host_id, ip_address: '127.0.0.1', agent_port: agent.port }
  const heard: string[] = []
  const close = world.agents.follow(address, randomUUID(), {
    onMessage: ({ type }) => heard.push(type),
    onLost: () => heard.push('lost'),
  })
  while (agent.followers.size === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  close()
  while (agent.followers.size > 0) await new Promise((resolve) => setTimeout(resolve, 10))
  assert.deepEqual(heard, [])
})
