import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { engines, testChain } from '../../db/engines.test.kit.ts'
import { openDatabase, type Database } from '../../db/open.ts'
import { keysOf } from '../../pki/keys.ts'
import { bearer } from '../../http/asker.test.kit.ts'
import { manager } from '../../start/manager.test.kit.ts'
import type { ManagerCall } from '../caller.ts'
import { rotateKeys, sealAnew } from '../certificates/key-rotation.ts'
import { somebody } from '../people/person.test.kit.ts'
import { settingsService } from './settings.ts'

const now = () => new Date()
const call = { caller: somebody(), peer: '127.0.0.1', request_id: 'request' } as ManagerCall
const sent = { host: 'mail.example.org', password: 'm4il-p4ssword' }

for (const { name, skip, open } of engines) {
  /** Two managers over one database; on SQLite, which is one process's, two callers of one. */
  async function two() {
    const here = await open()
    const keys = keysOf(Buffer.alloc(32, 7))
    await here.stores.secrets.addOnce('identity', keys.seal('identity', 'x'))
    const there = name === 'sqlite' ? here : await (await openDatabase(here.url)).chained(testChain)
    const on = (database: Database) =>
      settingsService({ database, keys, http_on_loopback: false, now })
    return {
      here,
      keys,
      first: on(here),
      second: on(there),
      async [Symbol.asyncDispose]() {
        if (there !== here) await there.close()
        await here[Symbol.asyncDispose]()
      },
    }
  }

  test(
    `${name}: of two managers that change a section at once neither loses it`,
    { skip },
    async () => {
      await using world = await two()
      const { first, second } = world
      for (let round = 1; round <= 10; round++) {
        await Promise.all([
          first.change({ smtp: { port: round } }, call),
          second.change(
            { smtp: { username: `user-${round}` }, audit: { retention_days: 100 } },
            call,
          ),
          first.change({ audit: { retention_days: 200 + round } }, call),
        ])
        const { port, username } = await second.get('smtp')
        assert.deepEqual([port, username], [round, `user-${round}`])
      }
    },
  )

  test(`${name}: another server and another password at once never meet`, { skip }, async () => {
    await using world = await two()
    const { first, second } = world
    for (let round = 0; round < 10; round++) {
      const owner = { host: `mail-${round}.example.org`, password: `of-${round}` }
      await first.change({ smtp: owner }, call)
      const thief = { host: 'mail.example.net' }
      await Promise.all([
        second.change({ smtp: thief }, call).catch(() => {}),
        first.change({ smtp: { password: `new-${round}` } }, call),
        second.get('smtp').then(({ host }) => assert.equal(host, owner.host)),
      ])
      assert.equal((await first.get('smtp')).host, owner.host)
      await first.change({ smtp: { host: null, password: null } }, call)
    }
  })

  test(
    `${name}: a secret is there under a new master key, and not under the old`,
    { skip },
    async () => {
      await using world = await two()
      const { here, keys, first } = world
      await first.change({ smtp: sent }, call)
      const after = keysOf(Buffer.alloc(32, 8))
      assert.equal(await sealAnew(here, { before: keys, after, now }), 2)
      const again = settingsService({ database: here, keys: after, http_on_loopback: false, now })
      assert.equal((await again.get('smtp')).password, sent.password)

      const outdated = { code: 'unavailable', message: /restart/ }
      await assert.rejects(first.get('smtp'), outdated)
      await assert.rejects(first.change({ smtp: { password: 'another' } }, call), outdated)
      assert.equal((await first.told()).smtp.host, sent.host)
      assert.equal((await first.get('security')).session_hours, 12)
    },
  )

  test(`${name}: a secret sealed for another setting does not open`, { skip }, async () => {
    await using world = await two()
    const { here, first } = world
    await first.change({ smtp: sent }, call)
    await here.run(`update setting set sealed =
      (select sealed from setting where section = 'smtp') where section = 'oidc'`)
    await assert.rejects(first.get('oidc'), { code: 'unavailable' })
  })
}

test('a secret is nowhere but sealed: not in the database, the log, the audit or an error', async () => {
  await using world = await manager({ settings: { log_level: 'debug' } })
  const token = await world.signIn()
  const admin = world.as(token)
  const secrets = ['m4il-p4ssword-1', 'c1ient-s3cret-2', 'r3fused-p4ssword-3']
  const [password = '', client_secret = '', refused = ''] = secrets
  await admin.changeSettings({
    smtp: { host: 'mail.example.org', password },
    oidc: { issuer: 'https://login.example.org', client_id: 'patches', client_secret },
  })
  const answers = [JSON.stringify(await admin.getSettings())]
  const bodies = [
    { smtp: { password: refused, port: refused } },
    { smtp: { password: [refused] } },
    { smtp: { password: refused, security: 'none', username: 'patches' } },
    { oidc: { client_secret: refused, default_role: 'admin' } },
    { smtp: { [refused]: 1 } },
  ]
  for (const body of bodies) {
    const asked = { headers: bearer(token), body: JSON.stringify(body) }
    const answer = await world.ask('PUT', '/api/v1/settings', asked)
    assert.equal(answer.status, 400)
    if (!JSON.stringify(Object.keys(body.smtp ?? {})).includes(refused)) answers.push(answer.body)
  }
  await rotateKeys({ database: world.database, path: world.config.master_key_file, now })
  await world.stop()
  const files = readdirSync(world.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
  assert.ok(files.join('').includes('mail.example.org'))
  for (const secret of secrets)
    for (const text of [...answers, ...files, world.log.everything()])
      assert.ok(!text.includes(secret))
})

test('what groups of a provider are called reaches into nothing', async () => {
  await using world = await manager()
  const headers = bearer(await world.signIn())
  const body =
    '{"oidc":{"role_by_group":{"__proto__":"viewer","toString":"admin","日本 ☃":"viewer"}}}'
  const { status } = await world.ask('PUT', '/api/v1/settings', { headers, body })
  assert.equal(status, 200)
  const { role_by_group } = await world.settings.get('oidc')
  assert.deepEqual(Object.entries(role_by_group), [
    ['toString', 'admin'],
    ['日本 ☃', 'viewer'],
  ])
})
