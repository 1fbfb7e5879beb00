import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enrolledHost } from '../../http/enrolled.test.kit.ts'
import { gate } from '../enrollment/enrollment.test.kit.ts'
import { expiryWarnings } from './expiry.ts'

const DAY = 24 * 3_600_000

test('a host that does not renew its certificate is spoken of once, before it ends', async () => {
  await using world = await gate()
  const late = await enrolledHost(world, 1)
  const gone = await enrolledHost(world, 2)
  await world.stores.hosts.retire(gone.id, 'Sold.', world.now().toISOString())
  const warn = expiryWarnings(world)
  const told = async () => {
    await warn()
    const entries = (await world.audit()).filter(({ action }) => action === 'certificate_expiring')
    return entries.map(({ target_id, details }) => [target_id, details.state])
  }
  assert.deepEqual(await told(), [])
  world.pass(74 * DAY)
  assert.deepEqual(await told(), [])
  const stateOf = async (id: string) =>
    (await world.as(await world.signIn()).getHost({ id })).certificate_state
  assert.equal(await stateOf(late.id), 'renewal_due')

  world.pass(2 * DAY)
  const all = await told()
  assert.deepEqual(all, [[late.id, 'expiring']])
  assert.deepEqual(await told(), all)
  world.pass(20 * DAY)
  assert.equal(await stateOf(late.id), 'expired')
})
