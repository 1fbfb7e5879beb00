import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { manager } from '../start/manager.test.kit.ts'

const unauthorized = { code: 'unauthorized' }
const conflict = { code: 'conflict' }

test('an administrator takes the second factor of somebody away, and all his sessions end', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const mfa_token = await phone.challenge()
  const admin = world.as(await world.signIn())
  await assert.rejects(phone.api.resetMfa({ id: phone.id }), { code: 'forbidden_role' })
  await admin.resetMfa({ id: phone.id })
  await assert.rejects(phone.api.getMe(), unauthorized)
  const code = await phone.nextCode()
  await assert.rejects(world.as().verifyMfa({ mfa_token, code }), unauthorized)
  const { username, password } = phone
  assert.equal((await world.as().login({ username, password })).user.mfa_enabled, false)
  await assert.rejects(admin.resetMfa({ id: phone.id }), conflict)
  const nobody = '00000000-0000-4000-8000-000000000000'
  await assert.rejects(admin.resetMfa({ id: nobody }), { code: 'not_found' })
})

test('nobody takes it away from somebody who has more rights than he has', async () => {
  await using world = await manager()
  const { id, api: boss } = await withPhone(world, 'admin')
  const permissions = ['user:read', 'user:reset_mfa'] as const
  const role = { name: 'helpdesk', description: '', permissions: [...permissions], scoped: false }
  await world.as(await world.signIn()).createRole(role)
  const { token } = await world.person('helpdesk')
  await assert.rejects(world.as(token).resetMfa({ id }), {
    code: 'forbidden_role',
    message: /more rights than you have/,
  })
  assert.equal((await boss.getMe()).mfa_enabled, true)
})

test('nobody takes his own away like that: to turn it off takes a proof', async () => {
  await using world = await manager()
  const { api, id } = await withPhone(world, 'admin')
  await assert.rejects(api.resetMfa({ id }), conflict)
  assert.equal((await api.getMe()).mfa_enabled, true)
})
