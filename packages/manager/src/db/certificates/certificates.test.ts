import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from '../engines.test.kit.ts'
import { addHosts, at, newCertificate } from '../samples.test.kit.ts'

const entry = {
  actor_type: 'user',
  actor_id: 'a',
  actor_name: "o'hara",
  action: 'login',
  target_type: null,
  target_id: null,
  outcome: 'success',
  ip: '192.0.2.1',
  request_id: 'r',
}

const revoking = { reason: 'keyCompromise', by: 'ann', at: at(7) } as const
const page = { kind: 'web', name: 'page', sans: 'DNS:web' } as const
const operator = (number: number) => ({
  ...newCertificate(number, null),
  kind: 'operator' as const,
})

for (const { name, skip, open } of engines) {
  test(`${name}: one public key never serves two identities`, { skip }, async () => {
    await using db = await open()
    const { certificates } = db.stores
    const [a = '', b = ''] = await addHosts(db.stores, 2)
    const first = await certificates.add(newCertificate(1, a))
    const sameKey = { ...newCertificate(2, b), spki_hash: first.spki_hash }
    await assert.rejects(certificates.add(sameKey), { code: 'conflict' })
    await certificates.supersede(a, at(5))
    await assert.rejects(certificates.add(sameKey), /is, or was, in the certificate of another/)
    await certificates.revoke([first.id], revoking)
    await assert.rejects(certificates.add(sameKey), { code: 'conflict' })
    assert.equal(await certificates.activeOf(b), undefined)
    await certificates.add({ ...sameKey, host_id: a })
    assert.equal((await certificates.activeOf(a))?.serial, '42')
  })

  test(
    `${name}: nor does it serve a host and an operator, or two operators`,
    { skip },
    async () => {
      await using db = await open()
      const { certificates } = db.stores
      const [a = ''] = await addHosts(db.stores, 1)
      const { spki_hash } = await certificates.add({ ...operator(1), name: 'ann' })
      for (const other of [{ ...operator(2), name: 'bob' }, newCertificate(2, a)])
        await assert.rejects(certificates.add({ ...other, spki_hash }), { code: 'conflict' })
      assert.equal((await certificates.list({ limit: 9, offset: 0 })).total, 1)
    },
  )

  test(
    `${name}: of two identities that come with one key at once, one gets it`,
    { skip },
    async () => {
      await using db = await open()
      const ids = await addHosts(db.stores, 6)
      const adding = ids.map((id, number) =>
        db.transaction(({ certificates }) =>
          certificates.add({ ...newCertificate(number, id), spki_hash: 'sha256:one' }),
        ),
      )
      const ends = (await Promise.allSettled(adding)).map(({ status }) => status)
      assert.equal(ends.filter((status) => status === 'fulfilled').length, 1)
    },
  )

  test(
    `${name}: what is revoked says why, by whom and since when, and only once`,
    { skip },
    async () => {
      await using db = await open()
      const { certificates } = db.stores
      const [a = ''] = await addHosts(db.stores, 1)
      const { id, serial } = await certificates.add({ ...newCertificate(1, a), root: 'sha256:r' })
      const revoked = await certificates.revoke([id], revoking)
      assert.deepEqual(
        revoked.map(({ status, revocation_reason, revoked_by, revoked_at }) => [
          status,
          revocation_reason,
          revoked_by,
          revoked_at,
        ]),
        [['revoked', 'keyCompromise', 'ann', at(7)]],
      )
      assert.deepEqual(await certificates.revoke([id], { ...revoking, reason: 'superseded' }), [])
      const of = (root: string, isFirst: boolean, ends_after = at(0)) =>
        certificates.listRevoked(root, { isFirst, ends_after })
      const entry = { serial, revoked_at: at(7), reason: 'keyCompromise' }
      assert.deepEqual(await of('sha256:r', false), [entry])
      assert.deepEqual(await of('sha256:r', false, at(3600)), [])
      assert.deepEqual(await of('sha256:other', true), [])
    },
  )

  test(
    `${name}: certificates from before there were several roots are the first one’s`,
    { skip },
    async () => {
      await using db = await open()
      const { certificates } = db.stores
      const { id } = await certificates.add(newCertificate(1, (await addHosts(db.stores, 1))[0]!))
      await certificates.revoke([id], revoking)
      const count = async (isFirst: boolean) =>
        (await certificates.listRevoked('sha256:r', { isFirst, ends_after: at(0) })).length
      assert.deepEqual([await count(true), await count(false)], [1, 0])
    },
  )

  test(
    `${name}: a serial number is given once, and found however it is spelt`,
    { skip },
    async () => {
      await using db = await open()
      const { certificates } = db.stores
      await certificates.add({ ...newCertificate(1, null), serial: '4abc' })
      const again = { ...newCertificate(2, null), serial: '4abc' }
      await assert.rejects(certificates.add(again), { code: 'conflict' })
      assert.equal((await certificates.findBySerial('4ABC'))?.spki_hash, 'sha256:1')
      assert.equal(await certificates.findBySerial('4ab'), undefined)
    },
  )

  test(`${name}: the manager's own are superseded by their kind and names`, { skip }, async () => {
    await using db = await open()
    const { certificates } = db.stores
    await certificates.add({ ...newCertificate(1, null), kind: 'web', name: 'page' })
    await certificates.add({ ...newCertificate(2, null), kind: 'manager', name: 'calls' })
    await certificates.add({
      ...newCertificate(3, null),
      kind: 'web',
      name: 'page',
      sans: 'DNS:other',
    })
    await certificates.add({ ...newCertificate(4, null), kind: 'web', name: 'hosts' })
    await certificates.supersedeOwn(page, at(5))
    const statusOf = async (serial: string) => (await certificates.findBySerial(serial))?.status
    assert.deepEqual(await Promise.all(['41', '42', '43', '44'].map(statusOf)), [
      'superseded',
      'active',
      'active',
      'active',
    ])
    assert.equal(await certificates.activeOwn(page), undefined)
    assert.equal(
      (await certificates.activeOwn({ ...page, kind: 'manager', name: 'calls' }))?.serial,
      '42',
    )
  })

  test(`${name}: of managers that start at once, all use one secret`, { skip }, async () => {
    await using db = await open()
    const { secrets } = db.stores
    assert.equal(await secrets.find('ca'), undefined)
    const starting = Array.from({ length: 8 }, (_, number) =>
      secrets.addOnce('ca', `key ${number}`),
    )
    const kept = new Set(await Promise.all(starting))
    assert.deepEqual([...kept], [await secrets.find('ca')])
    assert.equal(await secrets.count(), 1)
  })

  test(`${name}: what was done stays on record, in order`, { skip }, async () => {
    await using db = await open()
    const { audit } = db.stores
    await audit.append({ ...entry, at: at(1), details: { text: 'a\0"%' } })
    await audit.append({ ...entry, at: at(1), action: 'logout', details: {} })
    const rows = await audit.list({ limit: 10, offset: 0 })
    assert.deepEqual(
      rows.map(({ action, details }) => [action, details]),
      [
        ['login', { text: 'a\0"%' }],
        ['logout', {}],
      ],
    )
  })

  test(`${name}: the record cannot be changed or shortened`, { skip }, async () => {
    await using db = await open()
    await db.stores.audit.append({ ...entry, at: at(1), details: {} })
    for (const statement of [`update audit set action = 'x'`, 'delete from audit'])
      await assert.rejects(db.run(statement), /audit is append-only/)
    if (name === 'postgres') await assert.rejects(db.run('truncate audit'), /append-only/)
    assert.equal((await db.stores.audit.list({ limit: 10, offset: 0 })).length, 1)
  })
}
