import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authority, createRoot } from './authority.ts'
import { newKeyPair } from './key-pair.ts'
import { openssl, skip } from './openssl.test.kit.ts'
import { inPem } from './pem.ts'

const now = new Date('2026-01-01T12:00:00Z')
const DAY = 24 * 3_600_000
const id = '01a202e1-f7a2-7ec1-80d3-6b6d4841fbd4'
const times = { this_update: now, next_update: new Date(now.getTime() + 7 * DAY) }
const revoked_at = '2025-12-24T18:30:00.000Z'

const newAuthority = async () => authority({ ...(await createRoot(now)), now: () => now })
const pem = (list: Buffer) => inPem('X509 CRL', list)

test(
  'openssl reads a list, and finds it signed by the root and nobody else',
  { skip },
  async () => {
    using judge = openssl()
    const [ca, other] = [await newAuthority(), await newAuthority()]
    const list = await ca.signList({
      ...times,
      number: 300,
      revoked: [
        { serial: '4abc', revoked_at, reason: 'keyCompromise' },
        { serial: '7fffffffffffffffffffffffffffffffffffffff', revoked_at, reason: 'unspecified' },
        { serial: '41', revoked_at: '2051-02-03T04:05:06.000Z', reason: 'privilegeWithdrawn' },
      ],
    })
    judge.write('list.pem', pem(list))
    judge.write('root.pem', ca.root_pem)
    judge.write('other.pem', other.root_pem)
    const text = judge.run('crl', '-in', 'list.pem', '-noout', '-text')
    assert.match(text, /Version 2 \(0x1\)/)
    assert.match(
      text,
      /Last Update: Jan {2}1 12:00:00 2026 GMT\s+Next Update: Jan {2}8 12:00:00 2026 GMT/,
    )
    assert.match(text, /X509v3 CRL Number: \s+300/)
    assert.match(
      text,
      /Serial Number: 4ABC\s+Revocation Date: Dec 24 18:30:00 2025 GMT\s+CRL entry extensions:\s+X509v3 CRL Reason Code: \s+Key Compromise/,
    )
    assert.match(text, /Serial Number: 7F{39}\s+Revocation Date: Dec 24 18:30:00 2025 GMT\s+Serial/)
    assert.match(
      text,
      /Feb {2}3 04:05:06 2051 GMT\s+CRL entry extensions:\s+X509v3 CRL Reason Code: \s+Privilege Withdrawn/,
    )
    assert.match(verified(judge, 'root.pem'), /verify OK/)
    assert.match(verified(judge, 'other.pem'), /verify failure|unable to get issuer|Error/i)
  },
)

test('an empty list is a list', { skip }, async () => {
  using judge = openssl()
  const ca = await newAuthority()
  judge.write('list.pem', pem(await ca.signList({ ...times, number: 1, revoked: [] })))
  judge.write('root.pem', ca.root_pem)
  assert.match(judge.run('crl', '-in', 'list.pem', '-noout', '-text'), /No Revoked Certificates/)
  assert.match(verified(judge, 'root.pem'), /verify OK/)
})

test('openssl refuses a certificate that is on the list, and no other', { skip }, async () => {
  using judge = openssl()
  const ca = await authority({ ...(await createRoot(new Date())), now: () => new Date() })
  const issue = () => ca.issue('manager', { id }, newKeyPair().publicKey)
  const [bad, good] = [await issue(), await issue()]
  const at = new Date()
  const revoked = [{ serial: bad.serial, revoked_at, reason: 'superseded' as const }]
  const next_update = new Date(at.getTime() + DAY)
  judge.write(
    'list.pem',
    pem(await ca.signList({ this_update: at, next_update, number: 1, revoked })),
  )
  judge.write('root.pem', ca.root_pem)
  judge.write('bad.pem', bad.cert_pem)
  judge.write('good.pem', good.cert_pem)
  const check = (leaf: string) =>
    judge.run(
      'verify',
      '-x509_strict',
      '-crl_check',
      '-CRLfile',
      'list.pem',
      '-CAfile',
      'root.pem',
      leaf,
    )
  assert.match(check('good.pem'), /OK/)
  assert.throws(() => check('bad.pem'), /certificate revoked/)
})

test('ten thousand entries are written in half a second, and others have their turn meanwhile', async () => {
  const ca = await newAuthority()
  const revoked = Array.from({ length: 10_000 }, (_, number) => ({
    serial: `4${number.toString(16).padStart(39, '0')}`,
    revoked_at,
    reason: 'superseded' as const,
  }))
  let last = performance.now()
  let longest = 0
  const beat = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 1)
  const cpu = process.cpuUsage()
  await ca.signList({ ...times, number: 1, revoked })
  clearInterval(beat)
  const { user } = process.cpuUsage(cpu)
  // What the processor did: the machine may have other things to do.
  assert.ok(user < 500_000, `${user / 1000} ms`)
  assert.ok(longest < 250, `${longest} ms without a turn`)
})

/** It says so on the standard error, and ends well in either case. */
function verified(judge: ReturnType<typeof openssl>, root: string): string {
  return judge.say('crl', '-in', 'list.pem', '-CAfile', root, '-noout')
}
