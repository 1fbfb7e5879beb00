import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  asking,
  certificateIn,
  confirming,
  gate,
  type Asking,
  type Gate,
} from './enrollment.test.kit.ts'

const refused = {
  code: 'enrollment_denied',
  message:
    'This join code is not known, has expired, was revoked, or was used as often as it may be.',
}

/** What host number one, two, … sends from the address that it is at, with a code. */
const bringing = async (number: number, join_code: string, more: Partial<Asking> = {}) =>
  asking(number, { ip_address: `127.0.9.${number}`, join_code, ...more })

const from = (world: Gate, number: number) => world.as(undefined, { from: `127.0.9.${number}` })

/** Enrols with a code, from the address that it says. */
async function join(world: Gate, number: number, join_code: string, more: Partial<Asking> = {}) {
  return from(world, number).enroll(await bringing(number, join_code, more))
}

const made = (world: Gate, more = {}) =>
  world.admin.createJoinCode({ name: 'autumn', auto_approve: true, ...more })

test('with a code that says so, a host is in at once: its name, its address, its groups', async () => {
  await using world = await gate()
  const group = await world.admin.createGroup({ name: 'Web' })
  const { code } = await made(world, { group_ids: [group.id] })
  const answer = await join(world, 1, code)
  assert.deepEqual([answer.status, answer.waits_because], ['approved', null])

  const { hosts } = await world.admin.listHosts()
  const [host] = hosts
  assert.deepEqual(
    [hosts.length, host?.fqdn, host?.ip_address, host?.groups],
    [1, 'web-1.example', '127.0.9.1', [{ id: group.id, name: 'Web' }]],
  )
  assert.equal(
    certificateIn(await world.status(answer.polling_token)).subjectAltName,
    `DNS:web-1.example, IP Address:127.0.9.1, URI:urn:lpm:host:${host?.id}`,
  )
  assert.equal((await world.admin.listEnrollments()).total, 0)
})

test('without that, it waits in the queue under the name of the code', async () => {
  await using world = await gate()
  const group = await world.admin.createGroup({ name: 'Web' })
  const { id, code } = await made(world, { auto_approve: false, group_ids: [group.id] })
  const { status, waits_because } = await join(world, 1, code)
  assert.deepEqual([status, waits_because], ['pending', null])
  const [row] = (await world.admin.listEnrollments()).enrollments
  assert.deepEqual(row?.join_code, { id, name: 'autumn' })

  const host = await world.admin.approveEnrollment(confirming(row!))
  assert.deepEqual(host.groups, [{ id: group.id, name: 'Web' }])
})

/** What a person has to look at, whatever the code says. */
const doubtful: Record<string, [more: Partial<Asking>, why: RegExp]> = {
  'another address than the one it asks from': [
    { ip_address: '192.0.2.9' },
    /^It says that it is at 192\.0\.2\.9, and asked from 127\.0\.9\.2\.$/,
  ],
  'the machine id of a managed host': [
    { machine_id: '1'.padStart(32, '0') },
    /^web-1\.example has its machine id/,
  ],
  'the name of a managed host': [{ fqdn: 'WEB-1.example' }, /^web-1\.example has/],
  'a name on the certificate of a managed host': [
    { fqdn: 'shop.example' },
    /^The certificate of web-1\.example bears/,
  ],
  "the manager's own name": [{ fqdn: 'LocalHost' }, /^LocalHost is the manager's own\.$/],
}
for (const [what, [more, why]] of Object.entries(doubtful))
  test(`${what}: it is not taken in without a person, and the queue says why`, async () => {
    await using world = await gate()
    const { confirmed } = await world.enroll(1)
    const dns_names = ['web-1.example', 'shop.example']
    await world.admin.approveEnrollment({ ...confirmed, dns_names })
    const { code } = await made(world)
    const answer = await join(world, 2, code, more)
    assert.equal(answer.status, 'pending')
    assert.match(answer.waits_because ?? '', why)
    const [row] = (await world.admin.listEnrollments()).enrollments
    assert.equal(row?.waits_because, answer.waits_because)
    assert.equal((await world.admin.listHosts()).total, 1)
  })

test("from the manager's own address nobody is taken in without a person", async () => {
  await using world = await gate()
  const { code } = await made(world)
  const answer = await world.nobody.enroll(await bringing(1, code, { ip_address: '127.0.0.1' }))
  assert.equal(answer.waits_because, "127.0.0.1 is the manager's own.")
})

test('of 20 hosts at once with a code for one, one comes in', async () => {
  await using world = await gate()
  const { code } = await made(world)
  const all = await Promise.all(Array.from({ length: 20 }, (_, index) => bringing(index + 1, code)))
  const answers = await Promise.allSettled(all.map((one, n) => from(world, n + 1).enroll(one)))
  const lost = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason.message] : []))
  assert.deepEqual(lost, Array<string>(19).fill(refused.message))
  assert.equal((await world.admin.listHosts()).total, 1)
})

test('a code is good for so many hosts, until its time, unless it is revoked', async () => {
  await using world = await gate()
  const twice = await made(world, { uses: 2 })
  await join(world, 1, twice.code)
  await join(world, 2, twice.code)
  await assert.rejects(join(world, 3, twice.code), refused)

  const revoked = await made(world, { uses: 2 })
  await world.admin.revokeJoinCode({ id: revoked.id })
  await world.admin.revokeJoinCode({ id: revoked.id })
  await assert.rejects(join(world, 3, revoked.code), refused)

  const short = await made(world, { expires_in_hours: 1 })
  world.pass(3_600_000)
  await assert.rejects(join(world, 3, short.code), refused)
  const states = (await world.as(await world.signIn()).listJoinCodes()).join_codes
  assert.deepEqual(
    states.map(({ state, uses_left }) => [state, uses_left]),
    [
      ['expired', 1],
      ['revoked', 2],
      ['used_up', 0],
    ],
  )
})

test('a code that nobody made, or none at all, is refused in the same words, on record', async () => {
  await using world = await gate()
  await assert.rejects(join(world, 1, `lpmj_${'a'.repeat(32)}`), refused)
  await assert.rejects(join(world, 1, 'lpmj_short'), { code: 'invalid_request' })
  await assert.rejects(join(world, 1, `lpmj_${'a'.repeat(31)}%`), { code: 'invalid_request' })
  assert.equal((await world.admin.listEnrollments()).total, 0)
  const [entry] = (await world.audit()).filter(({ action }) => action === 'join_code_refuse')
  assert.deepEqual([entry?.outcome, entry?.ip], ['refused', '127.0.9.1'])
})

test('guessing at codes is limited as asking is', async () => {
  await using world = await gate({ rate_limits: { sign_in: 9, enroll: 2 } })
  const guess = (letter: string) => join(world, 1, `lpmj_${letter.repeat(32)}`)
  await assert.rejects(guess('a'), refused)
  await assert.rejects(guess('b'), refused)
  await assert.rejects(guess('c'), { code: 'rate_limited' })
})

test('a host that lost its answer asks again, and is counted once', async () => {
  await using world = await gate()
  const { code } = await made(world)
  const asked = await bringing(1, code)
  const first = await from(world, 1).enroll(asked)
  const second = await from(world, 1).enroll(asked)
  assert.equal(second.status, 'approved')
  await assert.rejects(world.status(first.polling_token), { code: 'enrollment_expired' })
  assert.equal((await world.status(second.polling_token)).status, 'approved')
  assert.equal((await world.admin.listHosts()).total, 1)
  // With another key it is another use.
  await assert.rejects(join(world, 1, code), refused)
})

test('one that lost its place in the queue so gets it again', async () => {
  await using world = await gate()
  const { code } = await made(world, { auto_approve: false })
  const asked = await bringing(1, code)
  await from(world, 1).enroll(asked)
  const { polling_token } = await from(world, 1).enroll(asked)
  assert.deepEqual(await world.status(polling_token), { status: 'pending' })
  assert.equal((await world.admin.listEnrollments()).total, 1)
})

test('a full queue keeps out nobody who has a code, and takes no use from who is refused', async () => {
  await using world = await gate({ enrollment: { pending_max: 1 } })
  await world.enroll(8)
  await assert.rejects(world.enroll(9), { code: 'unavailable' })
  const { code } = await made(world)
  await assert.rejects(join(world, 1, code, { csr_pem: 'none' }), { code: 'invalid_request' })
  assert.equal((await join(world, 1, code)).status, 'approved')
})

test('the code is shown once, and kept nowhere', async () => {
  await using world = await gate()
  const { id, code } = await made(world)
  await join(world, 1, code)
  const kept = JSON.stringify([
    await world.admin.listJoinCodes(),
    await world.stores.joinCodes.get(id),
    await world.admin.listEnrollments(),
    await world.audit(),
  ])
  assert.ok(!kept.includes(code.slice(5)))
  assert.ok(!world.log.everything().includes(code.slice(5)))
  const answer = await world.ask('POST', '/api/v1/admin/join-codes', {
    body: JSON.stringify({ name: 'x' }),
    headers: { authorization: `Bearer ${world.token}` },
  })
  assert.deepEqual([answer.status, answer.headers['cache-control']], [201, 'no-store'])
})

test('who made, used and revoked a code is on record', async () => {
  await using world = await gate()
  const { id, code } = await made(world, { uses: 2 })
  await join(world, 1, code)
  await world.admin.revokeJoinCode({ id })
  const entries = (await world.audit()).filter(({ action }) => /join_code|enrollment/.test(action))
  assert.deepEqual(
    entries.map(({ action, actor_name, details }) => [
      action,
      actor_name,
      details['join_code_id'] ?? details['name'],
    ]),
    [
      ['join_code_create', 'admin', 'autumn'],
      ['enrollment_request', 'anonymous', id],
      ['enrollment_approve', 'system', id],
      ['join_code_revoke', 'admin', 'autumn'],
    ],
  )
  assert.equal(entries[2]?.details['join_code_by'], 'admin')
  await assert.rejects(world.admin.revokeJoinCode({ id: id.replace(/.$/, 'x') }), {
    code: 'invalid_request',
  })
})

test('a code cannot be bound to a group that is not there', async () => {
  await using world = await gate()
  const group_ids = ['019a0000-0000-7000-8000-000000000000']
  await assert.rejects(made(world, { group_ids }), { code: 'not_found' })
  await assert.rejects(made(world, { uses: 0 }), { code: 'invalid_request' })
})
