import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { MASKED, settingsDefaults } from '@linux-patch/shared/settings'
import { mailServer, PASSWORD, trustedPair, USERNAME } from '../../mail/server.test.kit.ts'
import { manager, type Manager } from '../../start/manager.test.kit.ts'

const rate_limits = { sign_in: 1000, settings_test: 1000 }
const to = 'ops@example.org'

let world: Manager
let admin: ReturnType<Manager['as']>
let pair: { key: string; cert: string }
before(async () => {
  pair = await trustedPair('localhost')
  world = await manager({ settings: { rate_limits } })
  admin = world.as(await world.signIn())
})
after(() => world[Symbol.asyncDispose]())
beforeEach(() => admin.changeSettings({ smtp: { ...settingsDefaults.smtp, password: null } }))

const at = (port: number) => ({
  host: 'localhost',
  port,
  username: USERNAME,
  password: PASSWORD,
  from: 'patches@example.org',
})
const audit = async () =>
  (await world.stores.audit.list({ limit: 10_000, offset: 0 })).filter(
    ({ action }) => action === 'mail_test',
  )

test('a message is sent by the settings that are stored', async () => {
  await using server = await mailServer(pair)
  await admin.changeSettings({ smtp: at(server.port) })
  const { message_id, ...result } = await admin.testMail({ to })
  assert.deepEqual(result, {
    sent: true,
    problem: null,
    message: 'localhost has taken the message.',
    said: '250 taken as number 7',
  })
  const [message] = server.messages
  assert.deepEqual(message?.to, [to])
  assert.ok(message?.text.includes(message_id ?? 'no id'))
  assert.match(message?.text ?? '', /admin tries out the mail settings/)
})

test('a message is sent by settings that would be, and they are not kept', async () => {
  await using server = await mailServer(pair)
  assert.equal((await admin.testMail({ to, smtp: at(server.port) })).sent, true)
  assert.deepEqual((await admin.getSettings()).smtp, { ...settingsDefaults.smtp, password: null })
})

test('the secret that is set is used where the server stays, and told to no other', async () => {
  await using server = await mailServer(pair)
  await admin.changeSettings({ smtp: { ...at(server.port), port: 1 } })
  const { port } = server
  assert.equal((await admin.testMail({ to, smtp: { port, password: MASKED } })).sent, true)
  for (const kept of [{}, { password: MASKED }])
    await assert.rejects(
      admin.testMail({ to, smtp: { host: '127.0.0.1', port, ...kept } }),
      /stored smtp\.password is not sent/,
    )
  await assert.rejects(admin.testMail({ to, smtp: { port, security: 'none' } }), /unencrypted/)
  assert.deepEqual(server.signIns.length, 1)
})

test('what went wrong is said, and no password with it', async () => {
  await using server = await mailServer(pair)
  const smtp = { ...at(server.port), password: 'wr0ng-p4ssword' }
  const { message, problem, said } = await admin.testMail({ to, smtp })
  assert.deepEqual([problem, said], ['login_refused', '535 That is not the password.'])
  assert.match(message, /^localhost:\d+ refused the user name or the password: Invalid login\.$/)
  await using deaf = await mailServer({ secure: true })
  const { message: untrusted } = await admin.testMail({
    to,
    smtp: { ...smtp, port: deaf.port, security: 'tls' },
  })
  assert.match(untrusted, /^There is no TLS with localhost:\d+ that can be trusted: .*certificate/)
  const told = JSON.stringify([message, untrusted, await audit()]) + world.log.everything()
  assert.ok(!told.includes('wr0ng'))
  assert.ok(!told.includes(Buffer.from(`\0${USERNAME}\0${smtp.password}`).toString('base64')))
})

test('each attempt is on record', async () => {
  await using server = await mailServer(pair)
  await admin.testMail({ to, smtp: at(server.port) })
  await admin.testMail({ to, smtp: { ...at(server.port), password: 'wrong' } })
  const made = (await audit()).slice(-2)
  assert.deepEqual(
    made.map(({ outcome, details }) => [outcome, details.to, details.problem]),
    [
      ['success', to, null],
      ['failure', to, 'login_refused'],
    ],
  )
})

test('settings that are not complete send nothing, and say what is missing', async () => {
  await assert.rejects(admin.testMail({ to }), /Not set yet: smtp\.host, smtp\.from\./)
  const smtp = { host: 'localhost', from: to, username: USERNAME }
  await assert.rejects(admin.testMail({ to, smtp }), /Not set yet: smtp\.password\./)
})

const hostile = [
  'a@example.org\r\nBcc: b@example.org',
  'a@example.org, b@example.org',
  '<a@b.c>',
  '',
]
for (const address of hostile)
  test(`${JSON.stringify(address)} is no address`, async () => {
    await using server = await mailServer(pair)
    const smtp = at(server.port)
    await assert.rejects(admin.testMail({ to: address, smtp }), { code: 'invalid_request' })
    const from = { ...smtp, from: address }
    await assert.rejects(admin.testMail({ to, smtp: from }), { code: 'invalid_request' })
    assert.equal(server.messages.length, 0)
  })

test('nobody but an administrator tries settings out', async () => {
  for (const role of ['operator', 'auditor', 'viewer']) {
    const { token } = await world.person(role)
    await assert.rejects(world.as(token).testMail({ to }), { code: 'forbidden_role' })
  }
})

test('an address tries out so much a minute and no more', async () => {
  await using strict = await manager({ settings: { rate_limits: { settings_test: 1 } } })
  const its = strict.as(await strict.signIn())
  await assert.rejects(its.testMail({ to }), { code: 'invalid_request' })
  await assert.rejects(its.testMail({ to }), { code: 'rate_limited' })
})
