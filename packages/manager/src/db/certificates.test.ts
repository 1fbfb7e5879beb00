import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from './engines.ts'
import { addHosts, at, newCertificate } from './samples.ts'

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

for (const { name, skip, open } of engines) {
  test(`${name}: one public key never serves two identities`, { skip }, async () => {
    await using db = await open()
    const { certificates } = db.stores
    const [a = '', b = ''] = await addHosts(db.stores, 2)
    const first = await certificates.add(newCertificate(1, a))
    const sameKey = { ...newCertificate(2, b), spki_hash: first.spki_hash }
    await assert.rejects(certificates.add(sameKey), { code: 'conflict' })
    await certificates.supersede(a)
    await certificates.add(sameKey)
    assert.equal(await certificates.activeOf(a), undefined)
    assert.equal((await certificates.activeOf(b))?.serial, '42')
  })

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

  test(`${name}: the manager's own are superseded by their kind`, { skip }, async () => {
    await using db = await open()
    const { certificates } = db.stores
    await certificates.add({ ...newCertificate(1, null), kind: 'web' })
    await certificates.add({ ...newCertificate(2, null), kind: 'manager' })
    await certificates.supersedeOwn('web')
    assert.equal((await certificates.findBySerial('41'))?.status, 'superseded')
    assert.equal((await certificates.findBySerial('42'))?.status, 'active')
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
