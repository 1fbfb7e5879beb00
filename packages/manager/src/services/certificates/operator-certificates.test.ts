import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { openssl, skip } from '../../pki/openssl.test.kit.ts'
import { hosts } from './certificates.test.kit.ts'
import { newRequest } from '../enrollment/csr.test.kit.ts'

const passphrase = 'correct horse battery'

test('an operator gets a certificate for clients in its name, for a year', { skip }, async () => {
  await using world = await hosts(0)
  const issued = await world.admin.issueOperatorCertificate({ name: 'ann' })
  assert.equal(issued.certificate.sans, 'URI:urn:lpm:operator:ann')
  assert.match(issued.private_key_pem ?? '', /^-----BEGIN PRIVATE KEY-----/)
  const { validFromDate, validToDate } = new X509Certificate(issued.cert_pem)
  assert.equal(validToDate.getTime() - validFromDate.getTime(), 365 * 24 * 3_600_000)
  using judge = openssl()
  judge.write('ca.pem', issued.ca_pem)
  judge.write('leaf.pem', issued.cert_pem)
  const verify = (purpose: string) =>
    judge.run('verify', '-x509_strict', '-purpose', purpose, '-CAfile', 'ca.pem', 'leaf.pem')
  verify('sslclient')
  assert.throws(() => verify('sslserver'))
})

test('a passphrase gets a file that openssl opens with it', { skip }, async () => {
  await using world = await hosts(0)
  const issued = await world.admin.issueOperatorCertificate({ name: 'ann', passphrase })
  assert.equal(issued.private_key_pem, null)
  using judge = openssl()
  judge.write('ann.p12', Buffer.from(issued.pkcs12_base64 ?? '', 'base64'))
  const opened = judge.run('pkcs12', '-in', 'ann.p12', '-nodes', '-passin', `pass:${passphrase}`)
  for (const part of [issued.cert_pem, issued.ca_pem, 'BEGIN PRIVATE KEY', 'operator ann'])
    assert.ok(opened.includes(part), part)
})

test('a request gets a certificate alone, and no file', async () => {
  await using world = await hosts(0)
  const csr_pem = await newRequest('CN=root')
  const issued = await world.admin.issueOperatorCertificate({ name: 'ann', csr_pem })
  assert.deepEqual([issued.private_key_pem, issued.pkcs12_base64], [null, null])
  assert.equal(issued.certificate.subject, 'O=Linux Patch Manager, CN=ann')
  const both = world.admin.issueOperatorCertificate({ name: 'bob', csr_pem, passphrase })
  await assert.rejects(both, { code: 'invalid_request' })
})

test('one key serves one operator', async () => {
  await using world = await hosts(0)
  const csr_pem = await newRequest()
  await world.admin.issueOperatorCertificate({ name: 'ann', csr_pem })
  const other = world.admin.issueOperatorCertificate({ name: 'bob', csr_pem })
  await assert.rejects(other, { code: 'conflict' })
})

test('names that could be read as another are refused, and passphrases that are short', async () => {
  await using world = await hosts(0)
  for (const name of ['', 'Ann', 'ann,URI:urn:lpm:manager:x', 'a b', '-a', 'ä', 'a'.repeat(65)])
    await assert.rejects(world.admin.issueOperatorCertificate({ name }), {
      code: 'invalid_request',
    })
  for (const short of ['', 'short', 'drei Äpfel und mehr'])
    await assert.rejects(world.admin.issueOperatorCertificate({ name: 'ann', passphrase: short }), {
      code: 'invalid_request',
    })
})

test('sent again it makes one certificate, and the key is not told twice', async () => {
  await using world = await hosts(0)
  const again = { idempotency_key: 'once' }
  const asked = { name: 'ann', passphrase }
  await world.admin.issueOperatorCertificate(asked, again)
  await assert.rejects(world.admin.issueOperatorCertificate(asked, again), /told once/)
  assert.equal((await world.admin.listCertificates({ kind: 'operator' })).total, 1)
  const rows = JSON.stringify([await world.audit(), world.log.everything()])
  assert.ok(!rows.includes(passphrase))
})
