import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashPassword } from '../services/sign-in/passwords.ts'
import { ssoWorld, type SsoWorld } from './sso.test.kit.ts'

const PASSWORD = 'one that is known here alone'

/** A local account of that address. */
async function local(world: SsoWorld, { role = 'operator', email = 'alice@example.org' } = {}) {
  return world.stores.users.add({
    username: 'local-alice',
    password_hash: await hashPassword(PASSWORD),
    role,
    email,
    must_change_password: false,
    created_at: world.now().toISOString(),
  })
}

test('whoever is new gets an account with the name, the address and the role that the provider gives', async () => {
  await using world = await ssoWorld({ role_by_group: { patchers: 'operator' } })
  world.idp.people.set('alice', {
    ...world.idp.people.get('alice'),
    groups: ['everybody', 'patchers'],
  })
  const { tokens } = await world.visitor().signIn()
  const { username, email, display_name, role } = tokens?.user ?? {}
  assert.deepEqual(
    [username, email, display_name, role],
    ['alice', 'alice@example.org', 'Alice', 'operator'],
  )
  const [entry] = await world.recorded('user_create')
  assert.equal(entry?.details.subject, `${world.idp.issuer} alice`)

  const again = await world.visitor().signIn()
  assert.equal(again.tokens?.user.id, tokens?.user.id)
})

test('an account that lives by single sign-on has no password', async () => {
  await using world = await ssoWorld()
  await world.visitor().signIn()
  for (const password of ['alice', ' '])
    await assert.rejects(world.as().login({ username: 'alice', password }), {
      code: 'invalid_credentials',
    })
})

test('whoever is new is not let in where no accounts are made', async () => {
  await using world = await ssoWorld({ create_users: false })
  assert.deepEqual(await world.visitor().signIn(), { error: 'no_account' })
  const [entry] = await world.recorded('sign_in')
  assert.deepEqual(entry?.details, {
    way: 'oidc',
    reason: 'no_account',
    subject: `${world.idp.issuer} alice`,
    email: 'alice@example.org',
  })
})

test('a name that somebody has here is not taken from him', async () => {
  await using world = await ssoWorld()
  world.idp.people.set('alice', { preferred_username: 'Admin', groups: [] })
  const { tokens } = await world.visitor().signIn()
  assert.match(tokens?.user.username ?? '', /^Admin-\w{6}$/)
  assert.equal(tokens?.user.role, 'viewer')
})

test('two sign-ins of somebody new at once make one account', async () => {
  await using world = await ssoWorld()
  const both = await Promise.all([world.visitor().signIn(), world.visitor().signIn()])
  const ids = both.map(({ tokens }) => tokens?.user.id)
  assert.ok(ids[0])
  assert.equal(ids[0], ids[1])
})

test('an account with the same address is not tied to the provider unless that is allowed', async () => {
  await using world = await ssoWorld()
  await local(world)
  assert.deepEqual(await world.visitor().signIn(), { error: 'account_exists' })
})

test('where it is allowed it is tied, and keeps its password and its role', async () => {
  await using world = await ssoWorld({
    link_by_verified_email: true,
    role_by_group: { everybody: 'viewer' },
  })
  const { id } = await local(world)
  world.idp.people.set('alice', { ...world.idp.people.get('alice'), groups: ['everybody'] })
  const { tokens } = await world.visitor().signIn()
  assert.deepEqual([tokens?.user.id, tokens?.user.role], [id, 'operator'])
  const [entry] = await world.recorded('sso_link')
  assert.equal(entry?.target_id, id)
  await world.as().login({ username: 'local-alice', password: PASSWORD })

  // From now on by who he is there, whatever address he gets.
  world.idp.people.set('alice', { email: 'other@example.org', email_verified: true })
  assert.equal((await world.visitor().signIn()).tokens?.user.id, id)
})

test('an address that the provider has not verified ties nothing, however it says so', async () => {
  await using world = await ssoWorld({ link_by_verified_email: true, create_users: false })
  await local(world)
  for (const email_verified of [false, undefined, 'true', 1]) {
    world.idp.people.set('alice', { email: 'alice@example.org', email_verified })
    assert.deepEqual(await world.visitor().signIn(), { error: 'no_account' })
  }
})

test('an address that is not verified is not kept either', async () => {
  await using world = await ssoWorld({ link_by_verified_email: true })
  await local(world)
  world.idp.people.set('alice', { email: 'alice@example.org', email_verified: false })
  const { tokens } = await world.visitor().signIn()
  assert.deepEqual([tokens?.user.email, tokens?.user.role], [null, 'viewer'])
})

test('an account that is tied to one person there is not given to another one of the same address', async () => {
  await using world = await ssoWorld({ link_by_verified_email: true })
  await local(world)
  assert.ok((await world.visitor().signIn()).tokens)
  world.idp.people.set('mallory', world.idp.people.get('alice') ?? {})
  world.idp.state.signs_in = 'mallory'
  assert.deepEqual(await world.visitor().signIn(), { error: 'account_exists' })
})

test('an account that was made for single sign-on waits for whoever has its address', async () => {
  await using world = await ssoWorld({ create_users: false })
  const { id } = await world.stores.users.add({
    username: 'alice',
    password_hash: '',
    provider: 'oidc',
    role: 'auditor',
    email: 'Alice@Example.org',
    must_change_password: false,
    created_at: world.now().toISOString(),
  })
  const { tokens } = await world.visitor().signIn()
  assert.deepEqual([tokens?.user.id, tokens?.user.role], [id, 'auditor'])
})

test('the first rule that names one of his groups gives somebody his role, and it is looked at anew each time', async () => {
  await using world = await ssoWorld({
    role_by_group: { leads: 'admin', patchers: 'operator' },
    default_role: 'viewer',
  })
  const come = async (groups: string[]) => {
    world.idp.people.set('alice', { groups })
    return (await world.visitor().signIn()).tokens
  }
  const admin = await come(['patchers', 'leads'])
  assert.equal(admin?.user.role, 'admin')
  assert.equal((await come(['leads']))?.user.role, 'admin')
  await world.as(admin?.access_token).getMe() // Nothing changed.

  assert.equal((await come(['patchers']))?.user.role, 'operator')
  await assert.rejects(world.as(admin?.access_token).getMe(), { code: 'unauthorized' })
  await assert.rejects(world.as().refresh({ refresh_token: admin?.refresh_token ?? '' }), {
    code: 'unauthorized',
  })
  assert.equal((await come(['others']))?.user.role, 'viewer')
  const [entry] = await world.recorded('user_role')
  assert.deepEqual(entry?.details, { before: 'operator', role: 'viewer' })
})

test('whom no group gives a role is not let in where there is none for everybody', async () => {
  await using world = await ssoWorld({ role_by_group: { leads: 'admin' }, default_role: null })
  assert.deepEqual(await world.visitor().signIn(), { error: 'no_role' })
  assert.equal(await world.stores.users.find('alice'), undefined)

  world.idp.people.set('alice', { groups: ['leads'] })
  assert.ok((await world.visitor().signIn()).tokens)
  world.idp.people.set('alice', { groups: [] })
  assert.deepEqual(await world.visitor().signIn(), { error: 'no_role' })
})

test('who is in too many groups to be told, or in some that cannot be read, gets no other role for it', async () => {
  await using world = await ssoWorld({ role_by_group: { leads: 'admin' } })
  world.idp.people.set('alice', { groups: ['leads'] })
  await world.visitor().signIn()
  for (const claims of [{ _claim_names: { groups: 'src1' } }, { groups: 'leads' }]) {
    world.idp.people.set('alice', claims)
    assert.deepEqual(await world.visitor().signIn(), { error: 'groups_unknown' })
  }
  const subject = `${world.idp.issuer} alice`
  assert.equal((await world.stores.ssoUsers.findBySubject(subject))?.role, 'admin')
})

test('where no group gives a role, the one that an administrator gave somebody stays', async () => {
  await using world = await ssoWorld()
  const { tokens } = await world.visitor().signIn()
  await world.stores.ssoUsers.setRole(tokens?.user.id ?? '', 'auditor')
  assert.equal((await world.visitor().signIn()).tokens?.user.role, 'auditor')
})

test('somebody whose account is disabled is not let in, and his account not tied to anything', async () => {
  await using world = await ssoWorld({ link_by_verified_email: true })
  const { id } = await local(world)
  const admin = world.as(await world.signIn())
  await admin.changeUser({ id, is_active: false })
  assert.deepEqual(await world.visitor().signIn(), { error: 'disabled' })
  assert.equal((await world.stores.users.get(id)).subject, null)

  await admin.changeUser({ id, is_active: true })
  assert.ok((await world.visitor().signIn()).tokens)
  await admin.changeUser({ id, is_active: false })
  assert.deepEqual(await world.visitor().signIn(), { error: 'disabled' })
})

test('somebody who is disabled after he came back gets no tokens', async () => {
  await using world = await ssoWorld()
  const alice = world.visitor()
  const { query } = await alice.land(await alice.goAndCome())
  const { id } = (await world.stores.users.find('alice')) ?? { id: '' }
  await world.as(await world.signIn()).changeUser({ id, is_active: false })
  const { status, body } = await alice.exchange(query.handoff)
  assert.deepEqual([status, JSON.parse(body).error.code], [400, 'invalid_handoff'])
})

test('the last administrator who can come in by a password is out of the provider’s reach', async () => {
  await using world = await ssoWorld({
    link_by_verified_email: true,
    role_by_group: { everybody: 'viewer' },
  })
  const admin = world.as(await world.signIn())
  const { id } = await admin.getMe()
  await admin.changeUser({ id, email: 'alice@example.org' })
  world.idp.people.set('alice', { ...world.idp.people.get('alice'), groups: ['everybody'] })
  const { tokens } = await world.visitor().signIn()
  assert.deepEqual([tokens?.user.id, tokens?.user.role], [id, 'admin'])
  assert.ok(await world.signIn())
})
