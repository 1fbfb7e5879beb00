import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from '../engines.test.kit.ts'
import type { NewJoinCode } from './join-codes.ts'
import { addHosts, at, newCertificate, newEnrollment, newHost } from '../samples.test.kit.ts'

const code = (more: Partial<NewJoinCode> = {}): NewJoinCode => ({
  name: 'autumn',
  hash: 'h',
  uses: 1,
  auto_approve: true,
  group_ids: [],
  created_by: 'admin',
  created_by_id: 'admin-id',
  created_at: at(0),
  expires_at: at(60),
  ...more,
})

for (const { name, skip, open } of engines) {
  test(`${name}: of 20 at once with one use, one gets it`, { skip }, async () => {
    await using db = await open()
    await db.stores.joinCodes.add(code())
    const tries = Array.from({ length: 20 }, () =>
      db.transaction((stores) => stores.joinCodes.use('h', at(1))),
    )
    const winners = (await Promise.all(tries)).filter((used) => used !== undefined)
    assert.equal(winners.length, 1)
    assert.equal(winners[0]?.uses_left, 0)
  })

  test(`${name}: a use in a transaction that fails is not used`, { skip }, async () => {
    await using db = await open()
    await db.stores.joinCodes.add(code())
    const failing = db.transaction(async (stores) => {
      await stores.joinCodes.use('h', at(1))
      throw new Error('no place')
    })
    await assert.rejects(failing, /no place/)
    assert.equal((await db.stores.joinCodes.use('h', at(1)))?.uses_left, 0)
  })

  test(`${name}: neither an expired nor a revoked code can be used`, { skip }, async () => {
    await using db = await open()
    const { joinCodes } = db.stores
    const { id } = await joinCodes.add(code({ uses: 5 }))
    assert.equal(await joinCodes.use('h', at(60)), undefined)
    assert.equal(await joinCodes.use('other', at(1)), undefined)
    assert.equal(await joinCodes.revoke(id, at(1)), true)
    assert.equal(await joinCodes.revoke(id, at(2)), false)
    assert.equal(await joinCodes.use('h', at(1)), undefined)
    assert.equal((await joinCodes.get(id)).revoked_at, at(1))
  })

  test(`${name}: a code has its groups, and tells no hash`, { skip }, async () => {
    await using db = await open()
    const { joinCodes, groups } = db.stores
    const made = ['web', 'a b'].map((name) =>
      groups.add({ name, description: '', created_at: at(0) }),
    )
    const group_ids = (await Promise.all(made)).map(({ id }) => id)
    await joinCodes.add(code({ group_ids }))
    await joinCodes.add(code({ hash: 'i', name: 'newer' }))
    const { rows, total } = await joinCodes.list({ limit: 10, offset: 0 })
    assert.deepEqual(
      rows.map((row) => [row.name, row.groups.map((group) => group.name), 'hash' in row]),
      [
        ['newer', [], false],
        ['autumn', ['a b', 'web'], false],
      ],
    )
    assert.equal(total, 2)
  })

  test(`${name}: what a machine brought is found by its key and code alone`, { skip }, async () => {
    await using db = await open()
    const { joinCodes, enrollments } = db.stores
    const { id: join_code_id } = await joinCodes.add(code())
    const { id } = await enrollments.add({ ...newEnrollment(1), join_code_id })
    const brought = { ...newEnrollment(1), join_code_id }
    assert.equal((await enrollments.findBrought(brought, at(5)))?.id, id)
    const others = [
      { ...brought, key_fingerprint: 'sha256:2' },
      { ...brought, machine_id: '2' },
      { ...brought, join_code_id: 'other' },
    ]
    for (const other of others) assert.equal(await enrollments.findBrought(other, at(5)), undefined)
    assert.equal(await enrollments.findBrought(brought, at(3600)), undefined)
    await enrollments.setToken(id, 'another')
    assert.equal(await enrollments.findByTokenHash('token-1'), undefined)
    assert.equal((await enrollments.findByTokenHash('another'))?.id, id)
  })

  test(`${name}: a host is in its groups, each once, and both say so`, { skip }, async () => {
    await using db = await open()
    const { hosts, groups } = db.stores
    const [host = '', left = ''] = await addHosts(db.stores, 2)
    const web = await groups.add({ name: 'Web servers', description: '', created_at: at(0) })
    const db_ = await groups.add({ name: 'db', description: '', created_at: at(0) })
    const twice = { name: 'WEB SERVERS', description: '', created_at: at(0) }
    await assert.rejects(groups.add(twice), { code: 'conflict' })
    await groups.addHost(host, [web.id, db_.id])
    await groups.addHost(host, [web.id])
    await groups.addHost(left, [web.id])
    assert.deepEqual((await hosts.get(host, 'all')).groups, [
      { id: web.id, name: 'Web servers' },
      { id: db_.id, name: 'db' },
    ])
    await groups.removeHost(host, db_.id)
    await hosts.retire(left, 'Gone.', at(1))
    const listed = await groups.list({ scope: 'all', limit: 10, offset: 0 })
    assert.deepEqual(
      listed.groups.map(({ name, host_count }) => [name, host_count]),
      [
        ['db', 0],
        ['Web servers', 1],
      ],
    )
    await assert.rejects(groups.hold([web.id, 'none'], 'all'), {
      code: 'not_found',
      message: 'There is no such group: none.',
    })
  })

  test(
    `${name}: a name on a certificate in force is found, however it is spelt`,
    { skip },
    async () => {
      await using db = await open()
      const { hosts, certificates, namedHosts } = db.stores
      const { id } = await hosts.add(newHost(1))
      const sans = `DNS:db.example, DNS:DB, IP Address:198.51.100.7, IP Address:2001:DB8:0:0:0:0:0:7, URI:urn:lpm:host:${id}`
      await certificates.add({ ...newCertificate(1, id), sans })
      const bears = async (dns_names: string[], ip_addresses: string[] = []) =>
        (await namedHosts({ dns_names, ip_addresses })).length === 1
      assert.deepEqual(
        [await bears(['db']), await bears(['DB.example']), await bears([], ['198.51.100.7'])],
        [true, true, true],
      )
      assert.equal(await bears([], ['2001:db8::7']), true)
      for (const other of ['b', 'd_', 'example', 'b.example', '%', 'web'])
        assert.equal(await bears([other]), false, other)
      assert.equal(await bears([], ['198.51.100.70']), false)
      await hosts.retire(id, 'Gone.', at(1))
      assert.equal(await bears(['db']), false)
    },
  )
}
