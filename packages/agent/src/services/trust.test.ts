import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { X509Certificate } from 'node:crypto'
import { DAY_MS, host, testAuthority } from '../pki/authority.test.kit.ts'
import { enrolledWorld, type EnrolledWorld } from './enrolled.test.kit.ts'
import { takeTrust } from './trust.ts'

const UNTIL = new Date(Date.now() + DAY_MS)
const now = () => new Date()
const next = await testAuthority('next root')

const take = (
  { where, material }: Pick<EnrolledWorld, 'where' | 'material'>,
  roots: string[],
  revocation_lists: string[],
) => {
  const own = { ...material, certificate: new X509Certificate(material.cert) }
  return takeTrust({ roots, revocation_lists }, { places: where, own, now })
}
const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : null)

test('what is new is put in its place, and what is not is left', async () => {
  await using world = await enrolledWorld()
  const { authority, where } = world
  const list = authority.revocations(UNTIL, { number: 2 })
  assert.equal(await take(world, [authority.ca], [list]), true)
  assert.equal(read(where.revocations), list)
  assert.equal(await take(world, [authority.ca], [list]), false)
  assert.equal(await take(world, [authority.ca], []), false)
  assert.equal(read(where.authority), authority.ca)
})

test('a second root comes beside the first, with its list', async () => {
  await using world = await enrolledWorld()
  const { authority, where } = world
  const lists = [authority.revocations(UNTIL), next.revocations(UNTIL)]
  assert.equal(await take(world, [authority.ca, next.ca], lists), true)
  assert.equal(read(where.authority), authority.ca + next.ca)
  assert.equal(read(where.revocations), lists.join(''))
})

test('an older list, or none where there was one, is not taken', async () => {
  await using world = await enrolledWorld()
  const { authority, where } = world
  const list = authority.revocations(UNTIL, { number: 5 })
  await take(world, [authority.ca, next.ca], [list])
  const older = authority.revocations(UNTIL, { number: 4 })
  const refusal = { code: 'invalid_request', message: /older list/ }
  await assert.rejects(take(world, [authority.ca, next.ca], [older]), refusal)
  await assert.rejects(take(world, [authority.ca, next.ca], [next.revocations(UNTIL)]), refusal)
  assert.equal(read(where.revocations), list)
})

test('what lies there and is broken does not stand in the way', async () => {
  await using world = await enrolledWorld()
  writeFileSync(world.where.revocations, 'half a li')
  assert.equal(await take(world, [world.authority.ca], [world.authority.revocations(UNTIL)]), true)
})

test('roots that vouch for the host, but not for the manager, are not taken', async () => {
  await using world = await enrolledWorld({ by: next })
  const { authority, where } = world
  const material = { ...world.material, ca: authority.ca + next.ca }
  await assert.rejects(take({ where, material }, [authority.ca], []), {
    code: 'invalid_request',
    message: /could not be tried out/,
  })
  assert.equal(read(where.authority), authority.ca)
  assert.equal(await take(world, [next.ca, authority.ca], []), true)
})

test('roots and lists that cannot be right change nothing', async (t) => {
  await using world = await enrolledWorld()
  const { authority, where } = world
  const stranger = await testAuthority('stranger')
  const past = await testAuthority('past', new Date(Date.now() - 4000 * DAY_MS))
  const { cert } = await authority.issue(host)
  const wrong: Record<string, [string[], string[]]> = {
    'roots that do not vouch for the host': [[next.ca], []],
    'a root that is a certificate like others': [[authority.ca, cert], []],
    'a root that has expired': [[authority.ca, past.ca], []],
    'a root that is nothing': [[authority.ca, 'hello'], []],
    'the list of a stranger': [[authority.ca], [stranger.revocations(UNTIL)]],
    'a list that is nothing': [[authority.ca], ['hello']],
  }
  for (const [what, [roots, lists]] of Object.entries(wrong))
    await t.test(what, async () => {
      await assert.rejects(take(world, roots, lists), { code: 'invalid_request' })
      assert.equal(read(where.authority), authority.ca)
      assert.equal(read(where.revocations), null)
    })
})
