import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import * as asn1js from 'asn1js'
import * as pkijs from 'pkijs'
import { octets } from '../pki/der.ts'
import { openssl, skip } from '../pki/openssl.test.kit.ts'
import { newKeyPair } from '../pki/key-pair.ts'
import { gate, type Gate } from '../services/enrollment/enrollment.test.kit.ts'

const PLACE = '/.well-known/pki/ocsp'
const type = 'application/ocsp-request'

/** A manager, one certificate of its that is good, one that is revoked, and one that it never issued. */
async function world() {
  const gated = await gate()
  const judge = openssl()
  judge.write('root.pem', gated.authority.root_pem)
  for (const name of ['good', 'revoked', 'unknown']) {
    const { publicKey } = newKeyPair()
    const issued = await gated.authority.issue('manager', { id: name }, publicKey)
    judge.write(`${name}.pem`, issued.cert_pem)
    if (name === 'unknown') continue
    const at = gated.now().toISOString()
    const row = { ...issued, kind: 'operator' as const, name, host_id: null, issued_by: null }
    const { id } = await gated.stores.certificates.add({ ...row, created_at: at })
    const revoking = { reason: 'keyCompromise', by: null, at } as const
    if (name === 'revoked') await gated.stores.certificates.revoke([id], revoking)
  }
  return {
    ...gated,
    judge,
    async [Symbol.asyncDispose]() {
      judge[Symbol.dispose]()
      await gated[Symbol.asyncDispose]()
    },
  }
}
type World = Awaited<ReturnType<typeof world>>

/** What openssl would send. */
function request({ judge }: World, names: string[], more: string[] = []): Buffer {
  const asked = names.flatMap((name) => ['-cert', `${name}.pem`])
  judge.run('ocsp', '-issuer', 'root.pem', ...asked, '-reqout', 'request.der', ...more)
  return judge.read('request.der')
}

const post = (gated: Pick<Gate, 'fetch'>, body: Buffer) =>
  gated.fetch(PLACE, { method: 'POST', headers: { 'content-type': type }, body })

/** What openssl hears from the manager: it checks the signature, who signed, and the nonce. */
async function judged({ judge, port }: World, names: string[], more: string[] = []) {
  const asked = names.flatMap((name) => ['-cert', `${name}.pem`])
  const place = ['-url', `https://127.0.0.1:${port}${PLACE}`]
  return judge.saySoon(
    'ocsp',
    ...place,
    '-issuer',
    'root.pem',
    '-CAfile',
    'root.pem',
    ...more,
    ...asked,
  )
}

test(
  'openssl hears which certificate is good, which revoked and why, and which unknown',
  { skip },
  async () => {
    await using gated = await world()
    assert.match(await judged(gated, ['good']), /good.pem: good[^]*verify OK/)
    const revoked = await judged(gated, ['revoked'])
    assert.match(revoked, /revoked.pem: revoked[^]*Reason: keyCompromise[^]*verify OK/)
    assert.match(await judged(gated, ['unknown']), /unknown.pem: unknown[^]*verify OK/)
  },
)

test('several are answered at once, by SHA-256 as well', { skip }, async () => {
  await using gated = await world()
  const said = await judged(gated, ['good', 'revoked', 'unknown'])
  for (const name of ['good', 'revoked', 'unknown'])
    assert.match(said, new RegExp(`${name}.pem: ${name}`))
  const text = await judged(gated, ['good'], ['-sha256', '-resp_text'])
  assert.match(text, /Hash Algorithm: sha256[^]*Cert Status: good[^]*verify OK/)
})

test('who sends no nonce gets none, and a changed answer does not hold', { skip }, async () => {
  await using gated = await world()
  assert.match(await judged(gated, ['good'], ['-no_nonce']), /verify OK/)
  const { body } = await post(gated, request(gated, ['revoked']))
  const at = body.lastIndexOf(Buffer.from('Root '))
  assert.ok(at > 0)
  body.writeUInt8(body.readUInt8(60) ^ 1, 60)
  gated.judge.write('answer.der', body)
  const judging = ['-issuer', 'root.pem', '-cert', 'revoked.pem', '-CAfile', 'root.pem']
  const said = gated.judge.say('ocsp', '-respin', 'answer.der', '-reqin', 'request.der', ...judging)
  assert.doesNotMatch(said, /verify OK/)
})

test('a nonce is repeated up to 32 bytes, and a longer one refused', { skip }, async () => {
  await using gated = await world()
  const asked = request(gated, ['good'])
  const answerTo = async (length: number) => {
    const nonce = octets(Buffer.alloc(length, 7))
    const parsed = pkijs.OCSPRequest.fromBER(new Uint8Array(asked).buffer)
    for (const extension of parsed.tbsRequest.requestExtensions ?? [])
      extension.extnValue = new asn1js.OctetString({ valueHex: new Uint8Array(nonce).buffer })
    const { body } = await post(gated, Buffer.from(parsed.toSchema(true).toBER()))
    return { body, nonce }
  }
  const taken = await answerTo(32)
  assert.ok(taken.body.includes(taken.nonce))
  assert.equal((await answerTo(33)).body.toString('hex'), '30030a0101')
})

test('it can be asked by GET, with the request in the path', { skip }, async () => {
  await using gated = await world()
  const text = request(gated, ['revoked'], ['-no_nonce']).toString('base64')
  for (const path of [text, encodeURIComponent(text)]) {
    const { status, body } = await gated.fetch(`${PLACE}/${path}`, {})
    assert.equal(status, 200)
    gated.judge.write('answer.der', body)
    const judging = ['-issuer', 'root.pem', '-cert', 'revoked.pem', '-CAfile', 'root.pem']
    const said = gated.judge.say('ocsp', '-respin', 'answer.der', '-no_nonce', ...judging)
    assert.match(said, /revoked[^]*verify OK/)
  }
})

test('who answers may do nothing else, and nobody has to ask about it', { skip }, async () => {
  await using gated = await world()
  const { body } = await post(gated, request(gated, ['good']))
  gated.judge.write('answer.der', body)
  const text = gated.judge.say('ocsp', '-respin', 'answer.der', '-resp_text', '-noverify')
  assert.match(text, /Extended Key Usage:\s+OCSP Signing\n/)
  assert.match(text, /OCSP No Check:/)
  const { rows } = await gated.stores.certificates.list({ kind: 'ocsp', limit: 9, offset: 0 })
  assert.equal(rows.length, 1)
})

test('what is no request is refused in the protocol’s own words', { skip }, async () => {
  await using gated = await world()
  const malformed = '30030a0101'
  const good = request(gated, ['good'])
  for (const body of [Buffer.from('hello'), good.subarray(0, 40), Buffer.from('30023000', 'hex')])
    assert.equal((await post(gated, body)).body.toString('hex'), malformed)
  const { body } = await gated.fetch(`${PLACE}/aGVsbG8=`, {})
  assert.equal(body.toString('hex'), malformed)
  const many = request(
    gated,
    Array.from({ length: 101 }, () => 'good'),
  )
  assert.equal((await post(gated, many)).body.toString('hex'), malformed)
})

test('about another authority’s certificates it says nothing', { skip }, async () => {
  await using gated = await world()
  await using other = await gate()
  gated.judge.write('root.pem', other.authority.root_pem)
  const { body } = await post(gated, request(gated, ['good']))
  assert.equal(body.toString('hex'), '30030a0106')
})

test(
  'what fails here is refused in the protocol’s own words too, and is in the log',
  { skip },
  async () => {
    await using gated = await world()
    const asked = request(gated, ['good'])
    {
      using database = new DatabaseSync(join(gated.folder, 'manager.db'))
      database.exec('alter table certificate rename to lost')
    }
    const path = `${PLACE}/${encodeURIComponent(asked.toString('base64'))}`
    for (const answer of [await post(gated, asked), await gated.fetch(path, {})]) {
      assert.deepEqual([answer.status, answer.body.toString('hex')], [200, '30030a0102'])
      assert.equal(answer.headers['content-type'], 'application/ocsp-response')
      const said = gated.log.said('error').filter((line) => line.includes('request failed'))
      assert.ok(said.some((line) => line.includes(String(answer.headers['x-request-id']))))
    }
  },
)

test('another type, another method and a body without end are refused', async () => {
  await using gated = await gate()
  const body = Buffer.from('{}')
  const headers = { 'content-type': 'application/json' }
  assert.equal((await gated.fetch(PLACE, { method: 'POST', headers, body })).status, 415)
  assert.equal((await gated.fetch(PLACE, { method: 'POST', body: null })).status, 415)
  assert.equal((await gated.fetch(PLACE, { method: 'PUT' })).status, 404)
  assert.equal((await post(gated, Buffer.alloc(17 * 1024))).status, 413)
  assert.equal((await gated.fetch(`${PLACE}/%`, {})).status, 400)
})
