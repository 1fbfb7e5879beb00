import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openssl, skip } from '../pki/openssl.test.kit.ts'
import { gate, type Gate } from '../services/enrollment/enrollment.test.kit.ts'
import { manager, type Manager } from '../start/manager.test.kit.ts'

const DAY = 24 * 3_600_000
const pathOf = ({ authority }: Manager, more = '') =>
  `/.well-known/pki/crl/${authority.fingerprint.replace('sha256:', '')}${more}.crl`

async function fetched(world: Gate, headers: Record<string, string> = {}) {
  const answer = await world.fetch(pathOf(world), { headers })
  return { ...answer, etag: String(answer.headers.etag) }
}

const numberIn = (said: string) => Number(/CRL Number: \s+(\d+)/.exec(said)?.[1])

/** What openssl reads in the list. */
function read(bytes: Buffer, root_pem: string) {
  using judge = openssl()
  judge.write('list.der', bytes)
  judge.write('root.pem', root_pem)
  const judging = ['crl', '-inform', 'DER', '-in', 'list.der', '-CAfile', 'root.pem']
  return judge.say(...judging, '-noout', '-text', '-verify')
}

async function revoked(world: Gate, number: number) {
  const { token, confirmed } = await world.enroll(number)
  const { id } = await world.admin.approveEnrollment(confirmed)
  const bundle = await world.status(token)
  const { rows } = await world.stores.certificates.list({ host_id: id, limit: 9, offset: 0 })
  const revoking = { reason: 'keyCompromise', by: null, at: world.now().toISOString() } as const
  const ids = rows.map((row) => row.id)
  await world.database.transaction((stores) => world.revocation.revoke(stores, ids, revoking))
  await world.revocation.published()
  return { bundle, serial: rows[0]!.serial.toUpperCase() }
}

test('anybody gets the list of revoked certificates, signed by the root', { skip }, async () => {
  await using world = await gate()
  const before = await fetched(world)
  assert.equal(before.headers['content-type'], 'application/pkix-crl')
  assert.match(String(before.headers['cache-control']), /max-age=60/)
  assert.match(read(before.body, world.authority.root_pem), /No Revoked Certificates[^]*verify OK/)

  const { serial } = await revoked(world, 1)
  const after = await fetched(world)
  const text = read(after.body, world.authority.root_pem)
  assert.match(text, new RegExp(`Serial Number: ${serial}[^]*Key Compromise[^]*verify OK`))
  assert.ok(numberIn(text) > numberIn(read(before.body, world.authority.root_pem)))
})

test(
  'a database that was restored hands out no number that hosts have seen',
  { skip },
  async () => {
    await using first = await manager({ started_days_ago: 1 })
    const file = join(first.folder, 'manager.db')
    const numberOf = async (world: Manager) =>
      numberIn(read((await world.fetch(pathOf(world), {})).body, world.authority.root_pem))
    await first.stop()
    await copyFile(file, `${file}.backup`)

    let seen: number
    {
      await using later = await manager({ folder: first.folder, started_days_ago: 1 })
      for (let times = 0; times < 20; times++) await later.lists.issue()
      seen = await numberOf(later)
    }
    await copyFile(`${file}.backup`, file)
    await using restored = await manager({ folder: first.folder })
    assert.ok((await numberOf(restored)) > seen)
  },
)

test('who has the list already is told so in a word', async () => {
  await using world = await gate()
  const { etag } = await fetched(world)
  const again = await fetched(world, { 'if-none-match': etag })
  assert.deepEqual([again.status, again.body.length], [304, 0])
  await revoked(world, 1)
  assert.equal((await fetched(world, { 'if-none-match': etag })).status, 200)
})

test('there is no list of another root, and none can be sent here', async () => {
  await using world = await gate()
  assert.equal((await world.fetch(pathOf(world, '0'), {})).status, 404)
  assert.equal((await world.fetch('/.well-known/pki/crl/..%2f.crl', {})).status, 404)
  assert.equal((await world.fetch(pathOf(world), { method: 'POST' })).status, 404)
})

test('an approved host gets the list with its certificate', { skip }, async () => {
  await using world = await gate()
  const { serial } = await revoked(world, 1)
  const { bundle } = await revoked(world, 2)
  const { crl_pem } = bundle as { crl_pem: string }
  using judge = openssl()
  judge.write('list.pem', crl_pem)
  assert.match(judge.run('crl', '-in', 'list.pem', '-noout', '-text'), new RegExp(serial))
})

test('a list is made anew after a day, and not before', async () => {
  await using world = await gate()
  await world.lists.renew()
  const first = await fetched(world)
  await world.lists.renew()
  assert.equal((await fetched(world)).etag, first.etag)
  world.pass(1.1 * DAY)
  await world.lists.renew()
  assert.notEqual((await fetched(world)).etag, first.etag)
})

test('certificates say where the list and their state are found', { skip }, async () => {
  await using world = await gate({ public_url: 'https://patches.example/' })
  const { token, confirmed } = await world.enroll(1)
  await world.admin.approveEnrollment(confirmed)
  const { server_crt } = (await world.status(token)) as { server_crt: string }
  using judge = openssl()
  judge.write('leaf.pem', server_crt)
  const text = judge.run('x509', '-in', 'leaf.pem', '-noout', '-text')
  assert.ok(text.includes(`URI:https://patches.example${pathOf(world)}`), text)
  assert.match(text, /OCSP - URI:https:\/\/patches\.example\/\.well-known\/pki\/ocsp\n/)
})
