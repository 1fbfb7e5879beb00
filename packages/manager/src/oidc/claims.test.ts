import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readIdentity } from './claims.ts'

const least = { iss: 'https://idp.example', sub: 'a1' }
const read = (more: object, groups_claim = 'groups') =>
  readIdentity({ ...least, ...more }, groups_claim)

test('who is named by nothing but a subject has no name, address or group', () => {
  assert.deepEqual(read({}), {
    issuer: 'https://idp.example',
    subject: 'a1',
    sid: null,
    verified_email: null,
    display_name: '',
    proved_at: null,
    names: [],
    groups: [],
  })
})

test('an address counts if the provider says that it is verified, and not otherwise', () => {
  const email = 'alice@example.org'
  assert.equal(read({ email, email_verified: true }).verified_email, email)
  for (const email_verified of [undefined, null, false, 'true', 1])
    assert.equal(read({ email, email_verified }).verified_email, null)
  assert.equal(read({ email: 'no address', email_verified: true }).verified_email, null)
})

test('when somebody proved who he is counts as a number of seconds and as nothing else', () => {
  const at = (auth_time: unknown) => read({ auth_time }).proved_at?.toISOString()
  assert.equal(at(1_700_000_000), '2023-11-14T22:13:20.000Z')
  for (const auth_time of ['1700000000', -1, 1.5, 1e300, null])
    assert.equal(at(auth_time), undefined)
})

test('groups stand in the claim that the settings name', () => {
  assert.deepEqual(read({ roles: ['a', 'b'] }, 'roles').groups, ['a', 'b'])
  assert.deepEqual(read({ roles: ['a', 'b'] }).groups, [])
})

test('groups that are no list of words, or were kept back for being too many, are not known', () => {
  for (const groups of ['admins', [1], { admins: true }, null])
    assert.equal(read({ groups }).groups, 'unknown')
  assert.equal(read({ _claim_names: { groups: 'src1' } }).groups, 'unknown')
})

test('a name is freed of what would break a line, and cut to a length', () => {
  assert.equal(read({ name: ' Al\u0000i\nce ' }).display_name, 'Alice')
  assert.equal(read({ name: 'x'.repeat(1000) }).display_name.length, 100)
  assert.equal(read({ name: 5 }).display_name, '')
})

test('a subject is one to 255 letters that can be printed', () => {
  for (const sub of ['', 'x'.repeat(256), 'a\nb', 'ä', 5, undefined])
    assert.throws(() => read({ sub }))
})

test('the session at the provider is a name that can be printed, or is not known', () => {
  assert.equal(read({ sid: 's-1' }).sid, 's-1')
  for (const sid of ['', 'x'.repeat(256), 'a\nb', 5, null]) assert.equal(read({ sid }).sid, null)
})
