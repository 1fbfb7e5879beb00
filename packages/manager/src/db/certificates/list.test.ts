import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from '../engines.test.kit.ts'
import type { CertificateFilter } from './list.ts'
import type { Stores } from '../open.ts'
import { addHosts, at, newCertificate } from '../samples.test.kit.ts'

const page = { limit: 10, offset: 0, sort: 'not_after', order: 'asc' } as const
const NOW = at(100)

/** Two hosts with one each that is in force, one that has expired, one that is revoked, and an operator's. */
async function fill({ certificates, ...stores }: Stores) {
  const [a = '', b = ''] = await addHosts({ certificates, ...stores }, 2)
  await certificates.add({ ...newCertificate(1, a), not_after: at(300) })
  await certificates.add({ ...newCertificate(2, b), not_after: at(200) })
  await certificates.add({ ...newCertificate(3, a), not_after: at(100) })
  const { id } = await certificates.add({ ...newCertificate(4, b), not_after: at(50) })
  await certificates.revoke([id], { reason: 'keyCompromise', by: null, at: at(7) })
  await certificates.add({
    ...newCertificate(5, null),
    kind: 'operator',
    name: 'ann',
    sans: 'URI:urn:lpm:operator:ann',
    not_after: at(400),
  })
  return { a, b }
}

for (const { name, skip, open } of engines) {
  test(`${name}: how a certificate is, it is by the time of whoever asks`, { skip }, async () => {
    await using db = await open()
    await fill(db.stores)
    const statesBy = async (now: string) => {
      const { rows } = await db.stores.certificateList.list({ scope: 'all' }, page, now)
      return rows.map(({ serial, state }) => `${serial} ${state}`)
    }
    assert.deepEqual(await statesBy(NOW), [
      '44 revoked',
      '43 expired',
      '42 active',
      '41 active',
      '45 active',
    ])
    assert.equal((await statesBy(at(99)))[1], '43 active')
  })

  test(`${name}: all of a filter has to be so`, { skip }, async () => {
    await using db = await open()
    const { a, b } = await fill(db.stores)
    const found = async (filter: Omit<CertificateFilter, 'scope'>) => {
      const { rows, total } = await db.stores.certificateList.list(
        { ...filter, scope: 'all' },
        page,
        NOW,
      )
      assert.equal(rows.length, total)
      return rows.map(({ serial }) => serial)
    }
    assert.deepEqual(await found({ host_ids: [a], status: 'active' }), ['41'])
    assert.deepEqual(await found({ host_ids: [a, b], status: 'expired' }), ['43'])
    assert.deepEqual(await found({ ends_by: at(300) }), ['42', '41'])
    assert.deepEqual(await found({ kind: 'operator' }), ['45'])
    assert.deepEqual(await found({ search: 'ANN' }), ['45'])
    assert.deepEqual(await found({ search: 'web-2' }), ['44', '42'])
    assert.deepEqual(await found({ search: '_' }), [])
    assert.deepEqual(await found({ ids: [] }), [])
  })

  test(`${name}: those of one host stand together, and those of none last`, { skip }, async () => {
    await using db = await open()
    const { a, b } = await fill(db.stores)
    const byHost = { ...page, group_by: 'host' } as const
    const { rows } = await db.stores.certificateList.list({ scope: 'all' }, byHost, NOW)
    assert.deepEqual(
      rows.map(({ serial, host_name }) => `${serial} ${host_name}`),
      ['43 web-1.example', '41 web-1.example', '44 web-2.example', '42 web-2.example', '45 null'],
    )
    const counts = await db.stores.certificateList.countGroups({ scope: 'all' }, 'host', NOW)
    assert.deepEqual([counts.get(a), counts.get(b), counts.get('')], [2, 2, 1])
    const states = await db.stores.certificateList.countGroups(
      { scope: 'all', host_ids: [a] },
      'status',
      NOW,
    )
    assert.deepEqual(Object.fromEntries(states), { active: 1, expired: 1 })
  })

  test(`${name}: of one key and one person there is one request`, { skip }, async () => {
    await using db = await open()
    const asked = { requested_by: 'ann', idempotency_key: 'k', request_hash: 'h' }
    const adding = ['1', '2', '3'].map((certificate_id) =>
      db.stores.certificateRequests.add({ ...asked, certificate_id }),
    )
    assert.equal((await Promise.all(adding)).filter(Boolean).length, 1)
    const others = { ...asked, requested_by: 'bob', certificate_id: '4' }
    assert.ok(await db.stores.certificateRequests.add(others))
    assert.equal((await db.stores.certificateRequests.find(others))?.certificate_id, '4')
  })
}
