import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, isSet, testAgent, until } from './agent.test.kit.ts'
import { testHost } from './host.test.kit.ts'

test('a reboot that is waited for leaves nothing behind by each look', async (t) => {
  const warned: string[] = []
  const hear = ({ name }: Error) => void warned.push(name)
  process.on('warning', hear)
  t.after(() => process.off('warning', hear))

  using host = testHost()
  await using agent = testAgent(host)
  let looks = 0
  const { reboots } = agent.store
  agent.store.reboots = () => {
    looks += 1
    return reboots()
  }
  const asked = { delay_seconds: 600, reason: 'kernel', force: false }
  await agent.jobs.reboot({ ...asked, acknowledge_corruption_risk: false }, call())
  await isSet(host)
  await until('it has looked often', () => looks > 60)
  assert.deepEqual(warned, [])
})
