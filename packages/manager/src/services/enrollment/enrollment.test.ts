import assert from 'node:assert/strict'
import { test } from 'node:test'
import { debian } from '../../db/samples.test.kit.ts'
import { asking, confirming, gate } from './enrollment.test.kit.ts'

const unknown = { code: 'enrollment_expired' }

test('a host waits until somebody decides', async () => {
  await using world = await gate()
  const { token, key_fingerprint } = await world.enroll(1)
  const { status, body } = await world.ask('GET', `/api/v1/enroll/status/${token}`)
  assert.deepEqual([status, JSON.parse(body)], [202, { status: 'pending' }])

  const { enrollments, total } = await world.admin.listEnrollments()
  assert.equal(total, 1)
  assert.equal(enrollments[0]?.fqdn, 'web-1.example')
  assert.equal(enrollments[0]?.source_ip, '127.0.0.1')
  assert.equal(enrollments[0]?.key_fingerprint, key_fingerprint)
  assert.equal(enrollments[0]?.known_host, null)
})

test('a token of 64 other letters, a malformed one, and a cut one get nothing', async () => {
  await using world = await gate()
  const { token } = await world.enroll(1)
  await assert.rejects(world.status('x'.repeat(64)), unknown)
  await assert.rejects(world.status(token.slice(1)), { code: 'invalid_request' })
  await assert.rejects(world.status(`${token.slice(1)}'`), { code: 'invalid_request' })
  const [row] = (await world.stores.enrollments.list({ limit: 1, offset: 0 }, '')).rows
  await assert.rejects(world.status(row?.token_hash ?? ''), unknown)
})

test('a request that nobody decides in a day is forgotten', async () => {
  await using world = await gate()
  const { token, id, confirmed } = await world.enroll(1)
  world.pass(24 * 3600_000 + 1000)
  const admin = world.as(await world.signIn())
  await assert.rejects(world.status(token), unknown)
  assert.deepEqual((await admin.listEnrollments()).enrollments, [])
  await assert.rejects(admin.approveEnrollment(confirmed), { code: 'conflict' })
  await assert.rejects(admin.denyEnrollment({ id }), { code: 'conflict' })
})

test('a host that was turned away learns it, and nothing else of it is kept', async () => {
  await using world = await gate()
  const { token, id, confirmed } = await world.enroll(1)
  await world.admin.denyEnrollment({ id, reason: 'Not one of ours.' })
  await assert.rejects(world.status(token), {
    code: 'enrollment_denied',
    message: 'Not one of ours.',
  })
  const kept = await world.stores.enrollments.get(id)
  const { machine_id, fqdn, ip_address, source_ip, csr_pem, key_fingerprint, os_details } = kept
  const claims = [machine_id, fqdn, ip_address, source_ip, csr_pem, key_fingerprint, os_details]
  assert.deepEqual(claims, ['', '', '', '', '', '', null])
  await assert.rejects(world.admin.denyEnrollment({ id }), { code: 'conflict' })
  await assert.rejects(world.admin.approveEnrollment(confirmed), { code: 'conflict' })
})

test('a machine that asks again takes its own place, and its first token is dead', async () => {
  await using world = await gate()
  const first = await world.enroll(1)
  const second = await world.enroll(1, { fqdn: 'renamed.example' })
  await assert.rejects(world.status(first.token), unknown)
  assert.deepEqual(await world.status(second.token), { status: 'pending' })
  const { enrollments } = await world.admin.listEnrollments()
  assert.deepEqual(
    enrollments.map(({ fqdn }) => fqdn),
    ['renamed.example'],
  )
  // Who approves what was shown a moment ago approves no other key.
  await assert.rejects(world.admin.approveEnrollment(first.confirmed), { code: 'not_found' })
})

test('when too many wait, the next one is told to come later', async () => {
  await using world = await gate({ enrollment: { pending_max: 2 } })
  const all = await Promise.all([1, 2, 3, 4, 5, 6].map((number) => asking(number)))
  const answers = await Promise.all(
    all.map((body) => world.ask('POST', '/api/v1/enroll', { body: JSON.stringify(body) })),
  )
  const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b)
  assert.deepEqual(statuses, [202, 202, 503, 503, 503, 503])
  const refused = answers.find(({ status }) => status === 503)
  assert.deepEqual([refused?.code, refused?.headers['retry-after']], ['unavailable', '600'])
})

test('what a host says of itself has its bounds', async () => {
  await using world = await gate()
  const wrong: Record<string, unknown>[] = [
    { machine_id: 'g'.repeat(32) },
    { machine_id: '' },
    { fqdn: 'web 1' },
    { fqdn: '-web' },
    { fqdn: '<b>web</b>' },
    { fqdn: '' },
    { fqdn: `${'a.'.repeat(127)}a` },
    { ip_address: 'web-1.example' },
    { ip_address: '192.0.2.1/24' },
    { agent_port: 0 },
    { agent_port: 65_536 },
    { agent_version: 'x'.repeat(51) },
    { os_details: { ...debian, name: '' } },
    { os_details: { ...debian, kernel: 'x'.repeat(201) } },
    { csr_pem: 'x'.repeat(10_001) },
    { role: 'admin' },
  ]
  for (const more of wrong) {
    const body = JSON.stringify({ ...(await asking(1)), ...more })
    const { status, code } = await world.ask('POST', '/api/v1/enroll', { body })
    assert.deepEqual([status, code], [400, 'invalid_request'], JSON.stringify(more))
  }
  assert.equal((await world.admin.listEnrollments()).total, 0)
})

test('a body that is too long, is no JSON, or is no object is refused', async () => {
  await using world = await gate()
  const statusOf = async (body: string, headers = {}) =>
    (await world.ask('POST', '/api/v1/enroll', { body, headers })).status
  assert.equal(await statusOf(JSON.stringify({ csr_pem: 'x'.repeat(1_100_000) })), 413)
  assert.equal(await statusOf('{'), 400)
  assert.equal(await statusOf('[]'), 400)
  assert.equal(await statusOf('null'), 400)
  assert.equal(await statusOf('a=b', { 'content-type': 'text/plain' }), 400)
})

test('only a certificate request that its own key signed is taken', async () => {
  await using world = await gate()
  const { csr_pem = '' } = await asking(1)
  const [head = '', ...lines] = csr_pem.trim().split('\n')
  const middle = lines[2] ?? ''
  const changed = middle.startsWith('A') ? `B${middle.slice(1)}` : `A${middle.slice(1)}`
  const requests = [
    '',
    'not PEM',
    csr_pem + csr_pem,
    world.authority.root_pem,
    [head, lines[0], lines[1], changed, ...lines.slice(3)].join('\n'),
  ]
  for (const request of requests)
    await assert.rejects(world.enroll(1, { csr_pem: request }), { code: 'invalid_request' })
})

test('odd text in what a host says travels as it is and harms nobody', async () => {
  await using world = await gate()
  const name = `<script>alert(1)</script>'; drop table host; --\u0000\u202e`
  const { confirmed } = await world.enroll(1, {
    os_details: { ...debian, name, version: '\ud800' },
  })
  const { enrollments } = await world.admin.listEnrollments()
  assert.match(enrollments[0]?.os_details.name ?? '', /^<script>alert\(1\)<\/script>'; drop table/)
  const host = await world.admin.approveEnrollment(confirmed)
  assert.equal(host.name, 'web-1.example')
})

test('each step is on record: who, from where, and by which request', async () => {
  // On the socket for both families that it has by default, IPv4 is shown as IPv4.
  await using world = await gate({ listen: { address: '::', port: 0 } })
  const asked = await world.ask('POST', '/api/v1/enroll', {
    body: JSON.stringify(await asking(1)),
    from: '127.0.0.3',
  })
  const [row] = (await world.admin.listEnrollments()).enrollments
  assert.ok(row)
  await world.admin.approveEnrollment(confirming(row))
  const { id } = await world.enroll(2)
  await world.admin.denyEnrollment({ id, reason: 'No.' })

  const entries = (await world.audit()).filter(({ action }) => action.startsWith('enrollment'))
  assert.deepEqual(
    entries.map(({ action, actor_name, ip, outcome }) => [action, actor_name, ip, outcome]),
    [
      ['enrollment_request', 'anonymous', '127.0.0.3', 'success'],
      ['enrollment_approve', 'admin', '127.0.0.1', 'success'],
      ['enrollment_request', 'anonymous', '127.0.0.1', 'success'],
      ['enrollment_deny', 'admin', '127.0.0.1', 'success'],
    ],
  )
  assert.equal(entries[0]?.request_id, asked.headers['x-request-id'])
  for (const { request_id } of entries) assert.match(request_id ?? '', /^[0-9a-f-]{36}$/)
  assert.deepEqual(entries[3]?.details['reason'], 'No.')
})

test('no polling token is stored or logged', async () => {
  await using world = await gate()
  const { token, id } = await world.enroll(1)
  await world.status(token)
  const kept = JSON.stringify([await world.stores.enrollments.get(id), await world.audit()])
  assert.ok(!kept.includes(token))
  assert.ok(!world.log.everything().includes(token))
})
