import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { MASKED, settingsDefaults } from '@linux-patch/shared/settings'
import { manager, type Manager } from '../../start/manager.test.kit.ts'

let world: Manager
let admin: ReturnType<Manager['as']>
before(async () => {
  world = await manager()
  admin = world.as(await world.signIn())
})
after(() => world[Symbol.asyncDispose]())
beforeEach(() =>
  admin.changeSettings({
    smtp: { ...settingsDefaults.smtp, password: null },
    oidc: { ...settingsDefaults.oidc, client_secret: null },
    security: settingsDefaults.security,
    audit: settingsDefaults.audit,
  }),
)

const provider = {
  issuer: 'https://login.example.org/realms/staff',
  client_id: 'patches',
  client_secret: 'c1ient-s3cret',
}
const server = { host: 'mail.example.org', username: 'patches', password: 'm4il-p4ssword' }

/** What the last change has put on record. */
async function lastChange() {
  const entries = await world.stores.audit.list({ limit: 10_000, offset: 0 })
  return entries.findLast(({ action }) => action === 'settings_change')
}

const refused = (field: string, what: RegExp) => (error: Error & { details?: unknown }) => {
  assert.match(error.message, what)
  const { fields } = error.details as { fields: { field: string }[] }
  assert.ok(
    fields.some((at) => at.field === field),
    JSON.stringify(fields),
  )
  return true
}

test('before anything is set the defaults hold', async () => {
  await using fresh = await manager()
  assert.deepEqual(await fresh.as(await fresh.signIn()).getSettings(), {
    smtp: { ...settingsDefaults.smtp, password: null },
    oidc: { ...settingsDefaults.oidc, client_secret: null },
    security: settingsDefaults.security,
    audit: settingsDefaults.audit,
  })
})

test('what is not named stays, and what is named holds at once', async () => {
  await admin.changeSettings({ smtp: { host: 'mail.example.org', port: 25 } })
  const told = await admin.changeSettings({
    smtp: { from: 'patches@example.org' },
    security: { session_hours: 4 },
  })
  const { smtp } = await admin.getSettings()
  assert.deepEqual(smtp, told.smtp)
  assert.deepEqual(
    [smtp.host, smtp.port, smtp.from],
    ['mail.example.org', 25, 'patches@example.org'],
  )
  assert.equal((await world.settings.get('security')).session_hours, 4)
  assert.equal((await world.settings.get('security')).step_up_minutes, 30)
})

test('a secret is opened for the code that needs it, and shown to nobody', async () => {
  const told = await admin.changeSettings({ oidc: provider, smtp: server })
  assert.deepEqual([told.oidc.client_secret, told.smtp.password], [MASKED, MASKED])
  assert.equal((await world.settings.get('oidc')).client_secret, provider.client_secret)
  assert.equal((await world.settings.get('smtp')).password, server.password)
})

test('a secret stays when it is sent as shown, or not at all, and null clears it', async () => {
  await admin.changeSettings({ smtp: server })
  const password = async () => (await world.settings.get('smtp')).password
  await admin.changeSettings({ smtp: { password: MASKED, port: 2525 } })
  assert.equal(await password(), server.password)
  await admin.changeSettings({ smtp: { port: 2526 } })
  assert.equal(await password(), server.password)
  assert.equal((await admin.changeSettings({ smtp: { password: null } })).smtp.password, null)
  assert.equal(await password(), null)
})

test('a secret that stays is not told to another party', async () => {
  await admin.changeSettings({ oidc: provider, smtp: server })
  const elsewhere = { host: 'mail.example.net' }
  for (const kept of [{}, { password: MASKED }])
    await assert.rejects(
      admin.changeSettings({ smtp: { ...elsewhere, ...kept } }),
      refused('smtp.password', /smtp\.host changes.* send it again, or null/),
    )
  await assert.rejects(admin.changeSettings({ smtp: { host: null } }), { code: 'invalid_request' })
  await assert.rejects(
    admin.changeSettings({ oidc: { issuer: 'https://login.example.net' } }),
    refused('oidc.client_secret', /oidc\.issuer changes/),
  )
  await assert.rejects(
    admin.changeSettings({ oidc: { client_id: 'others', client_secret: MASKED } }),
    refused('oidc.client_secret', /oidc\.client_id changes/),
  )
  assert.equal((await world.settings.get('smtp')).host, server.host)

  await admin.changeSettings({ smtp: { ...elsewhere, password: 'another' } })
  await admin.changeSettings({ smtp: { host: null, password: null } })
  await admin.changeSettings({ smtp: { host: 'mail.example.com' } })
})

test('all of it happens or none', async () => {
  await assert.rejects(
    admin.changeSettings({
      smtp: { host: 'mail.example.org' },
      security: { mfa_required_roles: ['admin', 'wizard'] },
    }),
    refused('security.mfa_required_roles', /a role that does not exist: wizard/),
  )
  assert.equal((await admin.getSettings()).smtp.host, null)
})

test('of two who change something at once neither loses it', async () => {
  const names = ['port', 'username', 'from'] as const
  for (let round = 0; round < 5; round++) {
    const sent = { port: 1000 + round, username: `user-${round}`, from: `a${round}@example.org` }
    await Promise.all([
      ...names.map((name) => admin.changeSettings({ smtp: { [name]: sent[name] } })),
      admin.changeSettings({ security: { session_hours: 1 + round } }),
      admin.changeSettings({ audit: { retention_days: 100 + round } }),
    ])
    const { smtp, security, audit } = await admin.getSettings()
    assert.deepEqual(
      [smtp.port, smtp.username, smtp.from, security.session_hours, audit.retention_days],
      [...names.map((name) => sent[name]), 1 + round, 100 + round],
    )
  }
})

test('each change is on record with what was before and after, and of secrets only that they changed', async () => {
  await admin.changeSettings({ smtp: { ...server, port: 587 }, security: { session_hours: 12 } })
  const entry = await lastChange()
  assert.deepEqual([entry?.actor_name, entry?.target_type], ['admin', 'settings'])
  assert.deepEqual(entry?.details.changes, {
    'smtp.host': { before: null, after: server.host },
    'smtp.username': { before: null, after: server.username },
    'smtp.password': 'changed',
  })
  await admin.changeSettings({ smtp: { ...server, password: MASKED } })
  assert.deepEqual(await lastChange(), entry)
  await admin.changeSettings({ smtp: { password: null } })
  assert.deepEqual((await lastChange())?.details.changes, { 'smtp.password': 'changed' })
})

test('roles that are named must be there, and not everybody gets one that changes settings', async () => {
  const set = (oidc: object) => admin.changeSettings({ oidc })
  await set({ default_role: 'viewer', role_by_group: { admins: 'admin', 日本: 'operator' } })
  await assert.rejects(set({ default_role: 'wizard' }), refused('oidc.default_role', /wizard/))
  await assert.rejects(
    set({ default_role: 'admin' }),
    refused('oidc.default_role', /may change the settings/),
  )
  await assert.rejects(
    set({ role_by_group: { staff: 'constructor' } }),
    refused('oidc.role_by_group', /constructor/),
  )
})

test('a provider is spoken to over TLS', async () => {
  for (const issuer of ['http://127.0.0.1:4000', 'http://localhost'])
    await assert.rejects(
      admin.changeSettings({ oidc: { issuer } }),
      refused('oidc.issuer', /must be an https address/),
    )
  await using lenient = await manager({ settings: { sso: { http_on_loopback: true } } })
  const its = lenient.as(await lenient.signIn())
  await its.changeSettings({ oidc: { issuer: 'http://127.0.0.1:4000' } })
  await assert.rejects(its.changeSettings({ oidc: { issuer: 'http://example.org' } }), {
    code: 'invalid_request',
  })
})

test('signing in by a provider is not switched on without one', async () => {
  await assert.rejects(
    admin.changeSettings({ oidc: { enabled: true } }),
    refused('oidc.issuer', /must be set before/),
  )
  await admin.changeSettings({ oidc: { enabled: true, ...provider } })
  await assert.rejects(
    admin.changeSettings({ oidc: { issuer: null, client_secret: null } }),
    refused('oidc.issuer', /must be set before/),
  )
})

test('a password is not sent in the clear', () =>
  assert.rejects(
    admin.changeSettings({ smtp: { ...server, security: 'none' } }),
    refused('smtp.username', /sent unencrypted/),
  ))

const wrong: Record<string, unknown> = {
  'a section that is not there': { ldap: {} },
  'a key that is not there': { smtp: { hots: 'mail' } },
  'a section that is no object': { smtp: null },
  'a list for a section': { smtp: [] },
  'a number as text': { smtp: { port: '25' } },
  'a broken number': { smtp: { port: 25.5 } },
  'a port out of range': { smtp: { port: 65536 } },
  'a host with a line end': { smtp: { host: 'mail\r\nRCPT TO:<x@y.z>' } },
  'a host with a port': { smtp: { host: 'mail:25' } },
  'a sender with a line end': { smtp: { from: 'a@example.org\r\nBcc: b@example.org' } },
  'a sender with a name': { smtp: { from: 'Patches <a@example.org>' } },
  'two senders': { smtp: { from: 'a@example.org,b@example.org' } },
  'an empty secret': { smtp: { password: '' } },
  'a secret that is no text': { oidc: { client_secret: 7 } },
  'a secret that is too long': { oidc: { client_secret: 'x'.repeat(1001) } },
  'an issuer of another kind': { oidc: { issuer: 'file:///etc/passwd' } },
  'an issuer with a password': { oidc: { issuer: 'https://a:b@example.org' } },
  'an issuer with a query': { oidc: { issuer: 'https://example.org/?a' } },
  'an issuer that looks like this machine': { oidc: { issuer: 'http://127.0.0.1.example.org' } },
  'scopes without openid': { oidc: { scopes: ['email'] } },
  'a scope of two': { oidc: { scopes: ['openid', 'a b'] } },
  'roles by group as a list': { oidc: { role_by_group: ['admin'] } },
  'a role that is no text': { oidc: { role_by_group: { staff: null } } },
  'a session that never ends': { security: { session_hours: 0 } },
  'a lockout after one attempt': { security: { lockout_attempts: 1 } },
  'a password of three letters': { security: { password_min_length: 3 } },
  'an audit of a day': { audit: { retention_days: 1 } },
}
for (const [what, body] of Object.entries(wrong))
  test(`${what} is refused`, () =>
    assert.rejects(admin.changeSettings(body as object), { code: 'invalid_request' }))

test('operators and auditors read the settings, and nobody but an administrator changes them', async () => {
  for (const role of ['operator', 'auditor']) {
    const { token } = await world.person(role)
    assert.equal((await world.as(token).getSettings()).smtp.password, null)
    await assert.rejects(world.as(token).changeSettings({}), { code: 'forbidden_role' })
  }
  const viewer = world.as((await world.person('viewer')).token)
  await assert.rejects(viewer.getSettings(), { code: 'forbidden_role' })
})
