import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines, type TestDatabase } from '../engines.test.kit.ts'
import type { HostSelection } from './list.ts'
import { addHosts, at, newCertificate, newHost } from '../samples.test.kit.ts'

const chosen = { scope: 'all', sort: 'name', order: 'asc', limit: 100, offset: 0 } as const
const namesOf = async ({ stores }: TestDatabase, selection: Partial<HostSelection> = {}) => {
  const { rows } = await stores.hosts.list({ ...chosen, ...selection })
  return rows.map(({ name }) => name)
}
const due = (seconds: number) => ({
  settled_before: at(seconds),
  unsettled_before: at(seconds),
  limit: 10,
})

for (const { name, skip, open } of engines) {
  test(
    `${name}: a new host is known by what was approved, and by nothing that was read`,
    { skip },
    async () => {
      await using db = await open()
      const { id } = await db.stores.hosts.add(newHost(1))
      const host = await db.stores.hosts.get(id, 'all')
      assert.deepEqual(
        [host.name, host.status, host.pending_reboot, host.updates_total, host.patches],
        ['web-1.example', 'pending', null, null, []],
      )
      assert.equal(host.os?.codename, 'bookworm')
      await assert.rejects(db.stores.hosts.get('none', 'all'), { code: 'not_found' })
    },
  )

  test(`${name}: facts are kept one by one, and come back as they were`, { skip }, async () => {
    await using db = await open()
    const [id = ''] = await addHosts(db.stores, 1)
    await db.stores.hosts.update(id, { updates_total: 0, pending_reboot: false })
    await db.stores.hosts.update(id, { status: 'healthy', display_name: 'Web' })
    const host = await db.stores.hosts.get(id, 'all')
    assert.deepEqual(
      [host.updates_total, host.pending_reboot, host.status, host.name],
      [0, false, 'healthy', 'Web'],
    )
  })

  test(`${name}: a search means what it says, letter by letter`, { skip }, async () => {
    await using db = await open()
    const names = ['50%', 'a_b', 'axb', 'back\\slash', "o'hara"]
    for (const [index, display_name] of names.entries())
      await db.stores.hosts.add({ ...newHost(index + 1), display_name })
    assert.deepEqual(await namesOf(db, { search: '%' }), ['50%'])
    assert.deepEqual(await namesOf(db, { search: '_' }), ['a_b'])
    assert.deepEqual(await namesOf(db, { search: 'A_B' }), ['a_b'])
    assert.deepEqual(await namesOf(db, { search: '\\' }), ['back\\slash'])
    assert.deepEqual(await namesOf(db, { search: "'" }), ["o'hara"])
    assert.deepEqual(await namesOf(db, { search: '192.0.2.3' }), ['axb'])
    assert.deepEqual(await namesOf(db, { search: 'none' }), [])
  })

  test(
    `${name}: a list is sorted, cut and counted, and what is unknown comes last`,
    { skip },
    async () => {
      await using db = await open()
      const [a = '', b = ''] = await addHosts(db.stores, 3)
      await db.stores.hosts.update(a, { last_seen_at: at(1), status: 'healthy' })
      await db.stores.hosts.update(b, { last_seen_at: at(2), display_name: 'ZULU' })
      const [one, zulu, three] = ['web-1.example', 'ZULU', 'web-3.example']
      assert.deepEqual(await namesOf(db), [one, three, zulu])
      assert.deepEqual(await namesOf(db, { sort: 'last_seen_at' }), [one, zulu, three])
      assert.deepEqual(await namesOf(db, { sort: 'last_seen_at', order: 'desc' }), [
        zulu,
        one,
        three,
      ])
      assert.deepEqual(await namesOf(db, { status: 'healthy' }), [one])
      const { rows, total } = await db.stores.hosts.list({ ...chosen, limit: 1, offset: 1 })
      assert.deepEqual([rows.length, total], [1, 3])
    },
  )

  test(
    `${name}: a retired host is hidden, keeps its past, and frees its name`,
    { skip },
    async () => {
      await using db = await open()
      const { hosts } = db.stores
      const [id = ''] = await addHosts(db.stores, 1)
      await hosts.retire(id, 'Replaced.', at(5))
      assert.deepEqual(await namesOf(db), [])
      assert.deepEqual(await hosts.findAlike(newHost(1)), [])
      assert.deepEqual(await hosts.listDue(due(99)), [])
      assert.equal(await hosts.update(id, { status: 'healthy' }), false)
      assert.equal((await hosts.get(id, 'all')).retired_reason, 'Replaced.')
      await assert.rejects(hosts.retire(id, 'Again.', at(6)), { code: 'not_found' })
      await hosts.add(newHost(1))
    },
  )

  test(
    `${name}: two managed hosts have neither machine id nor name in common`,
    { skip },
    async () => {
      await using db = await open()
      await db.stores.hosts.add(newHost(1))
      const { machine_id, fqdn } = newHost(2)
      for (const same of [{ machine_id }, { fqdn: fqdn.toUpperCase() }])
        await assert.rejects(db.stores.hosts.add({ ...newHost(2), ...newHost(1), ...same }), {
          code: 'conflict',
        })
      const { id } = await db.stores.hosts.add(newHost(2))
      const taken = db.stores.hosts.update(id, { fqdn: newHost(1).fqdn })
      await assert.rejects(taken, { code: 'conflict' })
      const both = await Promise.allSettled([1, 2].map(() => db.stores.hosts.add(newHost(3))))
      assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    },
  )

  test(
    `${name}: hosts alike are those with the same machine id, name or address`,
    { skip },
    async () => {
      await using db = await open()
      await addHosts(db.stores, 4)
      const alike = await db.stores.hosts.findAlike({
        machine_id: newHost(1).machine_id,
        fqdn: 'WEB-2.example',
        ip_address: newHost(3).ip_address,
      })
      assert.deepEqual(
        alike.map((host) => host.name),
        ['web-1.example', 'web-2.example', 'web-3.example'],
      )
    },
  )

  test(
    `${name}: hosts never tried are due first, then the longest neglected`,
    { skip },
    async () => {
      await using db = await open()
      const { hosts } = db.stores
      const [a = '', b = '', c = ''] = await addHosts(db.stores, 3)
      await hosts.update(a, { attempted_at: at(20), status: 'healthy' })
      await hosts.update(b, { attempted_at: at(10), status: 'unreachable' })
      assert.deepEqual(await hosts.listDue(due(21)), [c, b, a])
      assert.deepEqual(await hosts.listDue(due(20)), [c, b])
      assert.deepEqual(await hosts.listDue({ ...due(0), settled_before: at(30) }), [c, a])
      assert.deepEqual(await hosts.listDue({ ...due(21), limit: 1 }), [c])
    },
  )

  test(`${name}: a host shows until when its certificate in force is good`, { skip }, async () => {
    await using db = await open()
    const { hosts, certificates } = db.stores
    const [id = ''] = await addHosts(db.stores, 1)
    await certificates.add(newCertificate(1, id))
    assert.equal((await hosts.get(id, 'all')).certificate_not_after, at(3600))
    await certificates.supersede(id, at(5))
    assert.equal((await hosts.get(id, 'all')).certificate_not_after, null)
  })
}
