import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { SentSettings } from '@linux-patch/shared/settings'
import { manager, type Manager } from '../../start/manager.test.kit.ts'

let world: Manager
let admin: ReturnType<Manager['as']>
let clerk: ReturnType<Manager['as']>
before(async () => {
  world = await manager()
  admin = world.as(await world.signIn())
  const permissions = ['settings:read', 'settings:write', 'host:read'] as const
  await admin.createRole({ name: 'clerk', permissions: [...permissions], scoped: false })
  await admin.createRole({ name: 'looker', permissions: ['host:read'], scoped: false })
  clerk = world.as((await world.person('clerk')).token)
})
after(() => world[Symbol.asyncDispose]())

const beyond = (error: { code?: string; details?: { reason?: string } }) =>
  error.code === 'forbidden_role' && error.details?.reason === 'beyond_own_rights'

const refused: Record<string, SentSettings['oidc']> = {
  'a group gives a role with more rights': { role_by_group: { everyone: 'admin' } },
  'everybody gets a role with more rights': { default_role: 'operator' },
  'another provider says who is who': { issuer: 'https://evil.example' },
  'an address is enough to be somebody': { link_by_verified_email: true },
}
for (const [what, oidc] of Object.entries(refused))
  test(`who may change the settings and no more does not have it that ${what}`, async () => {
    await assert.rejects(clerk.changeSettings({ oidc }), beyond)
    const { oidc: kept } = await admin.getSettings()
    for (const [name, value] of Object.entries(oidc ?? {}))
      assert.notDeepEqual(kept[name as keyof typeof kept], value)
  })

test('what gives no more rights than his own, or has to do with none, he changes', async () => {
  await clerk.changeSettings({ oidc: { role_by_group: { lookers: 'looker' }, scopes: ['openid'] } })
  await clerk.changeSettings({ oidc: { display_name: 'Staff' }, audit: { retention_days: 400 } })
})

test('which claim names the groups is his to say only where all that they give is', async () => {
  await admin.changeSettings({ oidc: { role_by_group: { chiefs: 'admin' } } })
  await assert.rejects(clerk.changeSettings({ oidc: { groups_claim: 'nickname' } }), beyond)
  await assert.rejects(clerk.changeSettings({ oidc: { role_by_group: {} } }), beyond)
  await clerk.changeSettings({ oidc: { client_secret: 'another one' } })
  await admin.changeSettings({ oidc: { client_secret: null } })
})

test('a token for the settings lets no program in as an administrator', async () => {
  const { token } = await admin.createApiToken({
    name: 'settings',
    permissions: ['settings:read', 'settings:write'],
    expires_in_days: 1,
    group_ids: null,
  })
  const oidc = { role_by_group: { everyone: 'admin' }, issuer: 'https://evil.example' }
  await assert.rejects(world.as(token).changeSettings({ oidc }), beyond)
})

test('an administrator changes all of it', async () => {
  const issuer = 'https://login.example.org'
  const role_by_group = { chiefs: 'admin', others: 'viewer' }
  await admin.changeSettings({ oidc: { issuer, link_by_verified_email: true, role_by_group } })
})

test('the order of the groups is kept: the first that fits gives the role', async () => {
  await admin.changeSettings({ oidc: { role_by_group: { a: 'viewer', b: 'operator' } } })
  await admin.changeSettings({ oidc: { role_by_group: { b: 'operator', a: 'viewer' } } })
  const { oidc } = await admin.getSettings()
  assert.deepEqual(Object.keys(oidc.role_by_group), ['b', 'a'])
})
