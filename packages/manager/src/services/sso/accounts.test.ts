import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { engines } from '../../db/engines.test.kit.ts'
import type { Identity } from '../../oidc/claims.ts'
import type { ManagerCall } from '../caller.ts'
import { ssoAccounts, type AccountRules } from './accounts.ts'

const identity: Identity = {
  issuer: 'https://idp.example',
  subject: 'a1',
  sid: null,
  verified_email: 'alice@example.org',
  display_name: 'Alice',
  proved_at: null,
  names: ['alice'],
  groups: [],
}
const rules: AccountRules = {
  link_by_verified_email: true,
  create_users: true,
  default_role: 'viewer',
  role_by_group: {},
}
const call: ManagerCall = {
  caller: null,
  request_id: 'r',
  idempotency_key: null,
  peer: '192.0.2.1',
  user_agent: '',
  cookies: {},
  headers: {},
}

for (const { name, skip, open } of engines) {
  test(
    `${name}: of ten who come anew at once as the same person, all get one account`,
    { skip },
    async () => {
      await using database = await open()
      const accounts = ssoAccounts({ database, onEnded: () => {}, now: () => new Date() })
      const all = await Promise.all(
        Array.from({ length: 10 }, () => accounts.accountOf({ identity, rules, call })),
      )
      assert.equal(new Set(all.map(({ id }) => id)).size, 1)
      assert.equal(await database.stores.users.count(), 1)
    },
  )

  test(
    `${name}: of ten with one address who come at once, one gets the account that has it`,
    { skip },
    async () => {
      await using database = await open()
      const accounts = ssoAccounts({ database, onEnded: () => {}, now: () => new Date() })
      await database.stores.users.add({
        username: 'local',
        password_hash: '',
        role: 'viewer',
        email: 'alice@example.org',
        must_change_password: false,
        created_at: new Date().toISOString(),
      })
      const all = await Promise.allSettled(
        Array.from({ length: 10 }, (_, number) =>
          accounts.accountOf({ identity: { ...identity, subject: `a${number}` }, rules, call }),
        ),
      )
      assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1)
      const codes = all.flatMap((one) =>
        one.status === 'rejected' ? [(one.reason as { code?: string }).code] : [],
      )
      assert.deepEqual(codes, Array<string>(9).fill('account_exists'))
    },
  )

  test(`${name}: a role that is just being removed is given to nobody`, { skip }, async () => {
    await using database = await open()
    const accounts = ssoAccounts({ database, onEnded: () => {}, now: () => new Date() })
    const facts = { description: '', permissions: [], scoped: false }
    await database.stores.roles.add('going', facts, new Date().toISOString())
    const begun = Promise.withResolvers<void>()
    const removing = database.transaction(async ({ roles }) => {
      await roles.hold('going')
      await roles.remove('going')
      begun.resolve()
      await setTimeout(500)
    })
    await begun.promise
    const going = { ...rules, default_role: 'going' }
    await assert.rejects(accounts.accountOf({ identity, rules: going, call }), { code: 'no_role' })
    await removing
    assert.equal(await database.stores.users.count(), 0)
  })
}

test('a role that was removed since the settings named it lets nobody in', async () => {
  await using database = await (engines[0] ?? assert.fail()).open()
  const accounts = ssoAccounts({ database, onEnded: () => {}, now: () => new Date() })
  const gone = { ...rules, default_role: 'gone' }
  await assert.rejects(accounts.accountOf({ identity, rules: gone, call }), { code: 'no_role' })
  assert.equal(await database.stores.users.count(), 0)
})
