import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { DAY_MS, HOST, MANAGER } from '../pki/authority.test.kit.ts'
import { parseManagerPlace } from '../config-manager.ts'
import { keyFingerprint } from './enrollment-state.ts'
import { cutOff, mode, newHost } from './new-host.test.kit.ts'
import { testManager } from './manager.test.kit.ts'

test('a host that is approved has its certificates, and its whitelist lets the manager in', async () => {
  await using manager = await testManager()
  manager.decide = (asked) => manager.approve(asked)
  const newcomer = newHost(manager)
  await newcomer.ask()

  const { where } = newcomer
  const certificate = new X509Certificate(readFileSync(where.certificate))
  const key = createPrivateKey(readFileSync(where.key))
  assert.match(certificate.subjectAltName ?? '', new RegExp(HOST))
  assert.ok(certificate.checkPrivateKey(key))
  assert.equal(readFileSync(where.authority, 'utf8'), manager.authority.ca)
  assert.deepEqual(parseManagerPlace(where.manager, readFileSync(where.manager, 'utf8')), {
    url: 'https://127.0.0.1:8444',
    identity: MANAGER,
  })
  assert.equal(readFileSync(where.revocations, 'utf8'), manager.list)
  assert.deepEqual([where.key, where.certificate, where.authority].map(mode), [0o600, 0o644, 0o644])
  assert.equal(readFileSync(where.whitelist, 'utf8'), 'entries:\n  - 10.9.8.7\n')
  assert.equal(existsSync(where.enrollment), false)
})

test('the key never leaves the host, and its fingerprint is what is shown', async () => {
  await using manager = await testManager()
  const newcomer = newHost(manager)
  await cutOff(newcomer, () => manager.polls.length > 1)
  assert.equal(newcomer.said[0], `Key fingerprint: ${keyFingerprint(newcomer.key())}`)
  assert.match(newcomer.said[0] ?? '', /sha256:[0-9a-f]{64}$/)
  assert.doesNotMatch(JSON.stringify(manager.requests), /PRIVATE/)
  assert.equal(mode(join(newcomer.where.enrollment, 'key.pem')), 0o600)
  assert.equal(mode(join(newcomer.where.enrollment, 'pending.json')), 0o600)
})

test('the address of the way to the manager is reported, unless another is named', async () => {
  await using manager = await testManager()
  const newcomer = newHost(manager)
  await cutOff(newcomer, () => manager.polls.length > 0)
  assert.equal(manager.requests[0]?.ip_address, '127.0.0.1')

  const other = newHost(manager)
  manager.decide = (asked) => manager.approve(asked)
  await other.ask({ address: '10.0.0.7', fqdn: 'web-01.example.org' })
  assert.deepEqual(
    [manager.requests[1]?.ip_address, manager.requests[1]?.fqdn],
    ['10.0.0.7', 'web-01.example.org'],
  )
})

test('a manager at an IPv6 address is found', async () => {
  await using manager = await testManager({ address: '::1' })
  manager.decide = (asked) => manager.approve(asked)
  await newHost(manager).ask()
  assert.equal(manager.requests[0]?.ip_address, '::1')
})

for (const code of ['enrollment_denied', 'enrollment_expired'] as const)
  test(`${code} ends it, and a new try starts anew`, async () => {
    await using manager = await testManager()
    manager.decide = () => {
      throw new Failure(code, 'No.')
    }
    const newcomer = newHost(manager)
    await assert.rejects(newcomer.ask(), { code, message: 'No.' })
    assert.equal(newcomer.isWaiting(), false)
    assert.equal(existsSync(newcomer.where.certificate), false)
    manager.decide = (asked) => manager.approve(asked)
    await newcomer.ask()
    assert.equal(manager.requests.length, 2)
  })

test('a join code is sent along, kept nowhere, and not told twice', async () => {
  await using manager = await testManager()
  manager.taken = { status: 'approved', waits_because: null }
  const join_code = `lpmj_${'b'.repeat(32)}`
  const newcomer = newHost(manager)
  await cutOff(newcomer, () => manager.polls.length > 0, { join_code })
  assert.equal(manager.requests[0]?.join_code, join_code)
  assert.doesNotMatch(
    readFileSync(join(newcomer.where.enrollment, 'pending.json'), 'utf8'),
    /lpmj_|bbbbb/,
  )
  manager.decide = (asked) => manager.approve(asked)
  await newcomer.ask({ join_code })
  assert.equal(manager.requests.length, 1)
  const [fingerprint, taken] = newcomer.said
  assert.match(fingerprint ?? '', /^Key fingerprint: /)
  assert.equal(taken, 'The join code let this host in at once.')
})

test('a host whose code does not let it in at once is told why, and for whom it waits', async () => {
  await using manager = await testManager()
  manager.taken = { status: 'pending', waits_because: 'web-1 has its name.' }
  const newcomer = newHost(manager)
  const join_code = `lpmj_${'a'.repeat(32)}`
  await cutOff(newcomer, () => manager.polls.length > 1, { join_code })
  assert.deepEqual(newcomer.said.slice(1), [
    'The join code does not let this host in at once: web-1 has its name.',
    `Waiting for somebody to compare that fingerprint and approve this host at ${manager.url.origin}.`,
  ])
})

test('a host that waits and then has a code asks anew with it, and with the same key', async () => {
  await using manager = await testManager()
  const newcomer = newHost(manager)
  await cutOff(newcomer, () => manager.polls.length > 0)
  const key = newcomer.key()
  manager.decide = (asked) => manager.approve(asked)
  await newcomer.ask({ join_code: `lpmj_${'a'.repeat(32)}` })
  assert.equal(manager.requests.length, 2)
  assert.equal(readFileSync(newcomer.where.key, 'utf8'), key)
})

test('nobody is waited for longer than a day', async () => {
  let now = new Date()
  await using manager = await testManager({
    decide: () => {
      now = new Date(Date.now() + DAY_MS + 60_000)
      return { status: 'pending' }
    },
  })
  const newcomer = newHost(manager)
  await assert.rejects(newcomer.ask({ now: () => now }), { code: 'enrollment_expired' })
  assert.equal(newcomer.isWaiting(), false)
})

test('a manager that is too busy or away for a while is waited for', async () => {
  await using manager = await testManager()
  const troubles = [
    new Failure('rate_limited', 'Too often.', { details: { retry_after_seconds: 0.01 } }),
    new Failure('unavailable', 'The database is away.'),
  ]
  manager.decide = (asked) => {
    const trouble = troubles.shift()
    if (trouble) throw trouble
    return manager.approve(asked)
  }
  await newHost(manager).ask()
  assert.equal(manager.polls.length, 3)
})

test('a host that is enrolled is left alone, unless that is asked for', async () => {
  await using manager = await testManager()
  manager.decide = (asked) => manager.approve(asked)
  const newcomer = newHost(manager)
  await newcomer.ask()
  const before = readFileSync(newcomer.where.key, 'utf8')
  await assert.rejects(newcomer.ask(), { code: 'conflict' })
  assert.equal(manager.requests.length, 1)

  await newcomer.ask({ again: true })
  assert.notEqual(readFileSync(newcomer.where.key, 'utf8'), before)
})

test('another manager is asked anew, whatever the one before it would have said', async () => {
  await using first = await testManager()
  await using second = await testManager()
  const newcomer = newHost(first)
  await cutOff(newcomer, () => first.polls.length > 0)
  second.decide = (asked) => second.approve(asked)
  await newcomer.ask({ manager: second.url, ca_fingerprint: second.authority.fingerprint })
  assert.equal(readFileSync(newcomer.where.authority, 'utf8'), second.authority.ca)
})
