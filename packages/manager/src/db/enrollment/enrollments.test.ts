import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision } from './decision.ts'
import { engines } from '../engines.test.kit.ts'
import { at, newEnrollment } from '../samples.test.kit.ts'

const page = { limit: 10, offset: 0 }
const denied: Decision = {
  to: 'denied',
  by: 'admin',
  at: at(10),
  reason: 'Not ours.',
  bundle: null,
  bundle_expires_at: null,
  sealed_key: null,
}
const approved: Decision = {
  ...denied,
  to: 'approved',
  reason: null,
  bundle: '{}',
  bundle_expires_at: at(600),
}

for (const { name, skip, open } of engines) {
  test(`${name}: what waits is listed oldest first, a page at a time`, { skip }, async () => {
    await using db = await open()
    const { enrollments } = db.stores
    for (const number of [3, 1, 2]) await enrollments.add(newEnrollment(number))
    const { rows, total } = await enrollments.list({ limit: 2, offset: 1 }, at(5))
    assert.deepEqual(
      rows.map(({ fqdn }) => fqdn),
      ['web-2.example', 'web-3.example'],
    )
    assert.equal(total, 3)
    assert.equal(rows[0]?.os_details.name, 'Debian GNU/Linux')
    assert.equal((await enrollments.list(page, at(3600))).total, 0) // expired
    assert.equal(await enrollments.countPending(at(3600)), 0)
  })

  test(`${name}: a machine that asks again replaces what it asked before`, { skip }, async () => {
    await using db = await open()
    const { enrollments } = db.stores
    const first = await enrollments.add(newEnrollment(1))
    const second = await enrollments.add({ ...newEnrollment(1), token_hash: 'new', fqdn: 'b' })
    assert.equal(await enrollments.countPending(at(5)), 1)
    assert.equal((await enrollments.get(second.id)).fqdn, 'b')
    assert.equal(await enrollments.findByTokenHash('token-1'), undefined)
    await assert.rejects(enrollments.get(first.id), { code: 'not_found' })
  })

  test(`${name}: a machine that asks many times at once waits once`, { skip }, async () => {
    await using db = await open()
    const asking = Array.from({ length: 8 }, (_, number) =>
      db.stores.enrollments.add({ ...newEnrollment(1), token_hash: `t${number}` }),
    )
    await Promise.all(asking)
    assert.equal(await db.stores.enrollments.countPending(at(5)), 1)
  })

  test(`${name}: of two who decide at once one is refused`, { skip }, async () => {
    await using db = await open()
    const { enrollments } = db.stores
    const { id } = await enrollments.add(newEnrollment(1))
    const answers = await Promise.allSettled([
      enrollments.decide(id, approved),
      enrollments.decide(id, denied),
    ])
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    await assert.rejects(enrollments.decide(id, denied), { code: 'conflict' })
    await assert.rejects(enrollments.decide('none', denied), { code: 'not_found' })
  })

  test(`${name}: nobody decides a request that has expired`, { skip }, async () => {
    await using db = await open()
    const { id } = await db.stores.enrollments.add(newEnrollment(1))
    await assert.rejects(db.stores.enrollments.decide(id, { ...approved, at: at(3600) }), {
      code: 'conflict',
      message: 'This request has expired.',
    })
  })

  test(`${name}: of a denied request only the decision is left`, { skip }, async () => {
    await using db = await open()
    const { enrollments } = db.stores
    const { id } = await enrollments.add(newEnrollment(1))
    await enrollments.decide(id, denied)
    assert.deepEqual(await enrollments.findByTokenHash('token-1'), {
      id,
      machine_id: '',
      fqdn: '',
      ip_address: '',
      source_ip: '',
      agent_port: 12443,
      agent_version: null,
      os_details: null,
      csr_pem: '',
      key_fingerprint: '',
      token_hash: 'token-1',
      status: 'denied',
      decided_by: 'admin',
      decided_at: at(10),
      reason: 'Not ours.',
      bundle: null,
      bundle_expires_at: null,
      created_at: at(1),
      expires_at: at(3600),
      join_code_id: null,
      waits_because: null,
      warning: null,
      sealed_key: null,
    })
    // The machine may ask again.
    await enrollments.add({ ...newEnrollment(1), token_hash: 'again' })
  })

  test(`${name}: each kind of leftover goes at its own time`, { skip }, async () => {
    await using db = await open()
    const { enrollments } = db.stores
    const tokens = ['token-1', 'token-2', 'token-3']
    const [waiting, taken, turnedAway] = [1, 2, 3].map((n) => enrollments.add(newEnrollment(n)))
    await waiting
    await enrollments.decide((await taken!).id, approved)
    await enrollments.decide((await turnedAway!).id, denied)
    const left = async (now: string) => {
      await enrollments.purgeExpired(now)
      const found = await Promise.all(tokens.map((token) => enrollments.findByTokenHash(token)))
      return found.map((row) => row?.status)
    }
    const DAY = 24 * 3600
    assert.deepEqual(await left(at(599)), ['pending', 'approved', 'denied'])
    assert.deepEqual(await left(at(600)), ['pending', undefined, 'denied'])
    assert.deepEqual(await left(at(3600)), [undefined, undefined, 'denied'])
    assert.deepEqual(await left(at(10 + DAY)), [undefined, undefined, undefined])
  })
}
