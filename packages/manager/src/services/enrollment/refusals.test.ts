import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:tls'
import { test } from 'node:test'
import { openssl, p256, rsa, skip } from '../../pki/openssl.test.kit.ts'
import { newEnrollment } from '../../db/samples.test.kit.ts'
import { asking, certificateIn, gate, type Gate } from './enrollment.test.kit.ts'

const curve = (name: string) => ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${name}`]

const weak: Record<string, string[]> = {
  'RSA of 1024 bits': rsa(1024),
  'RSA with the exponent 3': [...rsa(2048), '-pkeyopt', 'rsa_keygen_pubexp:3'],
  'another curve': curve('secp256k1'),
  'a curve for nobody': curve('P-521'),
  'another kind of key': ['-algorithm', 'ED448'],
}
for (const [what, options] of Object.entries(weak))
  test(`${what} is refused at the door`, { skip }, async () => {
    await using world = await gate()
    using asker = openssl()
    await assert.rejects(world.enroll(1, { csr_pem: asker.request(options) }), {
      code: 'invalid_request',
    })
    assert.equal((await world.admin.listEnrollments()).total, 0)
  })

test('a request whose signature is wrong is refused at the door', { skip }, async () => {
  await using world = await gate()
  using asker = openssl()
  asker.write('good.pem', asker.request(p256))
  asker.run('req', '-in', 'good.pem', '-outform', 'DER', '-out', 'good.der')
  const der = Buffer.from(asker.run('base64', '-A', '-in', 'good.der'), 'base64')
  const last = der.length - 1
  der.writeUInt8(der.readUInt8(last) ^ 1, last)
  const lines = der
    .toString('base64')
    .match(/.{1,64}/g)
    ?.join('\n')
  const csr_pem = `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`
  await assert.rejects(world.enroll(1, { csr_pem }), {
    code: 'invalid_request',
    message: 'The certificate request is not signed by its own key.',
  })
})

test('a request to be an authority, and for names of others, gives neither', { skip }, async () => {
  await using world = await gate()
  using asker = openssl()
  const csr_pem = asker.request(p256, [
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=keyCertSign,cRLSign',
    '-addext',
    'subjectAltName=DNS:manager.example,IP:10.0.0.1,URI:urn:lpm:manager:1',
  ])
  const { token, confirmed } = await world.enroll(1, { csr_pem })
  const { id } = await world.admin.approveEnrollment(confirmed)
  const certificate = certificateIn(await world.status(token))
  assert.equal(certificate.ca, false)
  assert.equal(
    certificate.subjectAltName,
    `DNS:web-1.example, IP Address:192.0.2.1, URI:urn:lpm:host:${id}`,
  )
  asker.write('ca.pem', world.authority.root_pem)
  asker.write('host.pem', certificate.toString())
  const printed = asker.run('x509', '-in', 'host.pem', '-noout', '-text')
  assert.match(printed, /CA:FALSE/)
  assert.doesNotMatch(
    printed,
    /Certificate Sign|CRL Sign|manager\.example|10\.0\.0\.1|urn:lpm:manager/,
  )
  assert.match(asker.run('verify', '-x509_strict', '-CAfile', 'ca.pem', 'host.pem'), /OK/)
  assert.equal(new X509Certificate(world.authority.root_pem).ca, true)
})

test('a key that another host has, or had, opens no second place', { skip }, async () => {
  await using world = await gate()
  using asker = openssl()
  const csr_pem = asker.request(p256)
  const first = await world.enroll(1, { csr_pem })
  const { id } = await world.admin.approveEnrollment(first.confirmed)
  const second = await world.enroll(2, { csr_pem })
  const approve = () => world.admin.approveEnrollment(second.confirmed)
  await assert.rejects(approve(), { code: 'conflict' })
  await world.admin.retireHost({ id })
  await assert.rejects(approve(), { code: 'conflict' })
  assert.equal((await world.admin.listHosts()).total, 0)
})

test('a token that has had its time opens nothing: denied, replaced, fetched, forgotten', async () => {
  await using world = await gate()
  const denied = await world.enroll(1)
  await world.admin.denyEnrollment({ id: denied.id })
  const of = async (token: string) => {
    const { status, code } = await world.ask('GET', `/api/v1/enroll/status/${token}`)
    return [status, code]
  }
  assert.deepEqual(await of(denied.token), [403, 'enrollment_denied'])
  const replaced = await world.enroll(2)
  await world.enroll(2)
  assert.deepEqual(await of(replaced.token), [404, 'enrollment_expired'])
  world.pass(24 * 3_600_000 + 1000)
  await world.stores.enrollments.purgeExpired(world.now().toISOString())
  assert.deepEqual(await of(denied.token), [404, 'enrollment_expired'])
})

test('a token is looked up by its hash, and guessing is limited', async () => {
  await using world = await gate({ rate_limits: { sign_in: 9, enroll_status: 3 } })
  const guess = async (letter: string) =>
    (await world.ask('GET', `/api/v1/enroll/status/${letter.repeat(64)}`)).status
  assert.deepEqual(
    [await guess('a'), await guess('b'), await guess('c'), await guess('d')],
    [404, 404, 404, 429],
  )
})

test('no address fills the queue for all the others', async () => {
  await using world = await gate({ enrollment: { pending_max_per_address: 2 } })
  await world.enroll(1)
  await world.enroll(2)
  await assert.rejects(world.enroll(3), {
    code: 'unavailable',
    message: 'Too many hosts from your address wait for approval; try again later.',
  })
  const other = world.as(undefined, { from: '127.0.0.2' })
  assert.equal((await other.enroll(await asking(3))).status, 'pending')
})

/** Sends the head of a request, and body until the manager answers; gives its status and how much was sent. */
async function pour(world: Gate, head: string[], mebibytes: number) {
  const socket = connect({ port: world.port, host: '127.0.0.1', ca: world.authority.root_pem })
  await once(socket, 'secureConnect')
  let answer = ''
  socket.on('data', (data: Buffer) => (answer += data.toString())).on('error', () => {})
  const lines = ['POST /api/v1/enroll HTTP/1.1', 'Host: manager', ...head, '', '']
  socket.write(lines.join('\r\n'))
  const chunk = Buffer.alloc(64 * 1024, 'x')
  let sent = 0
  while (answer === '' && sent < mebibytes * 1024 * 1024) {
    socket.write(Buffer.concat([Buffer.from('10000\r\n'), chunk, Buffer.from('\r\n')]))
    sent += chunk.length
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  while (answer === '') await once(socket, 'data')
  socket.destroy()
  return { status: Number(answer.split(' ')[1]), sent }
}
const json = 'Content-Type: application/json'

test('a body of 10 MB is refused by what its head says, before any of it is sent', async () => {
  await using world = await gate()
  const { status, sent } = await pour(world, [json, `Content-Length: ${10 * 1024 * 1024}`], 0)
  assert.deepEqual([status, sent], [413, 0])
})

test('one that does not say how long it is, is refused soon after the first megabyte', async () => {
  await using world = await gate()
  const { status, sent } = await pour(world, [json, 'Transfer-Encoding: chunked'], 10)
  assert.equal(status, 413)
  assert.ok(sent < 4 * 1024 * 1024, `${sent} bytes were taken`)
})

test('with 10,000 in the queue it is listed in no time, and the next host is told to wait', async () => {
  await using world = await gate({ enrollment: { pending_max: 10_000 } })
  const now = world.now().getTime()
  const expires_at = new Date(now + 3_600_000).toISOString()
  await world.database.transaction(async ({ enrollments }) => {
    for (let number = 1; number <= 10_000; number++)
      await enrollments.add({
        ...newEnrollment(number),
        created_at: new Date(now - number).toISOString(),
        expires_at,
      })
  })
  const began = performance.now()
  const { total, enrollments } = await world.admin.listEnrollments({ limit: 1000, offset: 9000 })
  const took = performance.now() - began
  assert.deepEqual([total, enrollments.length], [10_000, 1000])
  assert.ok(took < 2000, `${took.toFixed(0)} ms`)
  await assert.rejects(world.nobody.enroll(await asking(7)), { code: 'unavailable' })
  const asked = Array.from({ length: 10 }, () => world.ask('GET', '/health'))
  const listed = Array.from({ length: 5 }, () => world.admin.listEnrollments({ limit: 1000 }))
  const busy = performance.now()
  for (const { status } of await Promise.all(asked)) assert.equal(status, 200)
  assert.ok(performance.now() - busy < 2000)
  await Promise.all(listed)
})

test('a clone of a managed host is shown as one, in the queue and to whoever approves it', async () => {
  await using world = await gate()
  const first = await world.enroll(1)
  await world.admin.approveEnrollment(first.confirmed)
  const clone = { fqdn: 'clone.example', ip_address: '192.0.2.9' }
  const { confirmed } = await world.enroll(1, clone)
  const [shown] = (await world.admin.listEnrollments()).enrollments
  const says = /^It has the machine id of web-1\.example, and another name and address\./
  assert.match(shown?.warnings.join() ?? '', says)
  await assert.rejects(world.admin.approveEnrollment(confirmed), {
    code: 'conflict',
    message: /If it was cloned from that, give it a machine id of its own/,
  })
  await world.admin.denyEnrollment({ id: confirmed.id })
  // The same machine under another name is no clone.
  await world.enroll(1, { fqdn: 'renamed.example' })
  assert.deepEqual((await world.admin.listEnrollments()).enrollments[0]?.warnings, [])
})

test('of two clones that wait, the second one is shown with what it pushed away', async () => {
  await using world = await gate()
  await world.enroll(1)
  await world.enroll(1, { fqdn: 'clone.example' })
  const { enrollments } = await world.admin.listEnrollments()
  assert.deepEqual(
    enrollments.map(({ fqdn, warnings }) => [fqdn, warnings.length]),
    [['clone.example', 1]],
  )
  assert.match(
    enrollments[0]?.warnings[0] ?? '',
    /^web-1\.example asked from 127\.0\.0\.1 .* clone/,
  )
})
