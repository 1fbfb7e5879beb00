import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fleet, isTaken, until } from '../orchestration/fleet.test.kit.ts'
import { place } from './process.test.kit.ts'

test('SIGTERM ends it with 0 in a moment, also while it follows a job on a silent host', async () => {
  await using world = await fleet({ socket: false })
  const { id } = await world.patch()
  await world.part(id, isTaken)
  await world.stop()
  world.agent.answerInstead(() => {})
  world.agent.asked.length = 0

  await using here = await place()
  const running = here.start({}, { state: world.folder })
  await running.listens()
  await until(() => world.agent.asked.find((line) => line.startsWith('GET /jobs/')))
  const start = Date.now()
  running.stop('SIGTERM')
  const { code, error } = await running.ended
  assert.deepEqual([code, error], [0, ''])
  assert.ok(Date.now() - start < 5000)
})
