import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Kysely, sql } from 'kysely'
import { dialectOf } from './dialects.ts'
import { engines } from './engines.test.kit.ts'
import { openDatabase, type Stores } from './open.ts'
import { addHosts, addJob, at, newCertificate } from './samples.test.kit.ts'
import { inScope, type Scope } from './scope.ts'

const paging = { limit: 100, offset: 0 }
const byName = { ...paging, sort: 'name', order: 'asc' } as const

/** `a` is in one group, `b` in another, `c` in none and `d` in both. */
async function fill(stores: Stores) {
  const { groups } = stores
  const [a = '', b = '', c = '', d = ''] = await addHosts(stores, 4)
  const blank = { description: '', created_at: at(0) }
  const own = await groups.add({ name: 'Own', ...blank })
  const other = await groups.add({ name: 'Other', ...blank })
  await groups.addHost(a, [own.id])
  await groups.addHost(b, [other.id])
  await groups.addHost(d, [own.id, other.id])
  const scope: Scope = { group_ids: [own.id], ungrouped: true }
  return { a, b, c, d, own, other, scope }
}

for (const { name, skip, open } of engines) {
  test(`${name}: hosts of one's groups and of none are seen, and no others`, { skip }, async () => {
    await using db = await open()
    const { hosts } = db.stores
    const { a, b, c, d, own, scope } = await fill(db.stores)
    const seenIn = async (scope: Scope) => {
      const { rows, total } = await hosts.list({ ...byName, scope })
      assert.equal(rows.length, total)
      return rows.map(({ id }) => id)
    }
    assert.deepEqual(await seenIn('all'), [a, b, c, d])
    assert.deepEqual(await seenIn(scope), [a, c, d])
    assert.deepEqual(await seenIn({ ...scope, ungrouped: false }), [a, d])
    assert.deepEqual(await seenIn({ group_ids: [], ungrouped: true }), [c])
    assert.deepEqual(await seenIn({ group_ids: [], ungrouped: false }), [])
    const search = await hosts.list({ ...byName, scope, search: 'web-2' })
    assert.deepEqual([search.rows, search.total], [[], 0])
    assert.deepEqual(
      (await hosts.listThese([a, b], scope)).map(({ id }) => id),
      [a],
    )
    assert.deepEqual(await hosts.listUnseen([a, b, 'none'], scope), [b, 'none'])
    assert.deepEqual((await hosts.get(d, scope)).groups, [{ id: own.id, name: 'Own' }])
    const none = { code: 'not_found', message: 'There is no such host.' }
    await assert.rejects(hosts.get(b, scope), none)
    await assert.rejects(hosts.get('none', scope), none)
  })

  test(
    `${name}: the hosts of a group are listed to those who take care of it`,
    { skip },
    async () => {
      await using db = await open()
      const { hosts } = db.stores
      const { a, b, d, own, other, scope } = await fill(db.stores)
      const inGroup = async (group_id: string, scope: Scope) => {
        const { rows, total } = await hosts.list({ ...byName, scope, group_id })
        assert.equal(rows.length, total)
        return rows.map(({ id }) => id)
      }
      assert.deepEqual(await inGroup(own.id, 'all'), [a, d])
      assert.deepEqual(await inGroup(other.id, 'all'), [b, d])
      assert.deepEqual(await inGroup(own.id, scope), [a, d])
      assert.deepEqual(await inGroup(other.id, scope), [])
    },
  )

  test(`${name}: a host that has left is still of its groups`, { skip }, async () => {
    await using db = await open()
    const { hosts } = db.stores
    const { a, b, scope } = await fill(db.stores)
    for (const id of [a, b]) await hosts.retire(id, '', at(1))
    const { rows } = await hosts.list({ ...byName, scope, retired: true })
    assert.deepEqual(
      rows.map(({ id }) => id),
      [a],
    )
    await assert.rejects(hosts.get(b, scope), { code: 'not_found' })
  })

  test(`${name}: of groups one's own are listed`, { skip }, async () => {
    await using db = await open()
    const { groups } = db.stores
    const { own, other, scope } = await fill(db.stores)
    assert.equal((await groups.list({ ...paging, scope: 'all' })).total, 2)
    const listed = await groups.list({ ...paging, scope })
    assert.deepEqual(listed, { groups: [{ ...own, host_count: 2 }], total: 1 })
    await assert.rejects(groups.hold([own.id, other.id], scope), {
      code: 'not_found',
      message: `There is no such group: ${other.id}.`,
    })
  })

  test(`${name}: certificates are seen by those who see their hosts`, { skip }, async () => {
    await using db = await open()
    const { certificates, certificateList } = db.stores
    const { a, b, scope } = await fill(db.stores)
    await certificates.add(newCertificate(1, a))
    const unseen = await certificates.add(newCertificate(2, b))
    const operators = await certificates.add({ ...newCertificate(3, null), kind: 'operator' })
    const page = { ...paging, sort: 'created_at', order: 'asc' } as const
    const { rows, total } = await certificateList.list({ scope }, page, at(1))
    assert.deepEqual([rows.map(({ serial }) => serial), total], [['41'], 1])
    const times = { now: at(1), expiring_by: at(9000) }
    const { active, expiring } = await certificateList.summarize({ scope }, times)
    assert.deepEqual([active, expiring], [1, 1])
    const counts = await certificateList.countGroups({ scope }, 'host', at(1))
    assert.deepEqual([...counts], [[a, 1]])
    for (const { id } of [unseen, operators])
      await assert.rejects(certificateList.get(id, scope, at(1)), {
        code: 'not_found',
        message: 'There is no such certificate.',
      })
  })

  test(`${name}: of a job one sees the part on one's own hosts`, { skip }, async () => {
    await using db = await open()
    const { jobs } = db.stores
    const { a, b, scope } = await fill(db.stores)
    const shared = await addJob(db.stores, [a, b])
    const hidden = await addJob(db.stores, [b])
    const back = await addJob(db.stores, [b], { kind: 'rollback', parent_job_id: shared })
    const own = await addJob(db.stores, [a])

    const { rows, total } = await jobs.list({ ...paging, scope, order: 'asc' })
    assert.deepEqual(
      rows.map(({ id, host_names }) => [id, host_names]),
      [
        [shared, ['web-1.example']],
        [own, ['web-1.example']],
      ],
    )
    assert.equal(total, 2)
    assert.equal((await jobs.list({ ...paging, scope, host_id: b, order: 'asc' })).total, 0)
    assert.equal((await jobs.list({ ...paging, scope, host_id: a, order: 'asc' })).total, 2)

    const { hosts, on_other_hosts, rollback_job_ids } = await jobs.get(shared, scope)
    assert.deepEqual(
      hosts.map(({ host_id }) => host_id),
      [a],
    )
    assert.deepEqual([on_other_hosts, rollback_job_ids], [true, []])
    assert.deepEqual((await jobs.get(shared, 'all')).rollback_job_ids, [back])
    assert.equal((await jobs.get(own, scope)).on_other_hosts, false)
    const none = { code: 'not_found', message: 'There is no such job.' }
    for (const id of [hidden, back, 'none']) {
      await assert.rejects(jobs.get(id, scope), none)
      await assert.rejects(jobs.requireWhole(id, scope), none)
    }
    await jobs.requireWhole(own, scope)
    await assert.rejects(jobs.requireWhole(shared, scope), { code: 'forbidden_scope' })
  })

  test(`${name}: nobody starts a job on a host that he does not see`, { skip }, async () => {
    await using db = await open()
    const { a, b, c, scope } = await fill(db.stores)
    await addJob(db.stores, [a, c], {}, scope)
    await assert.rejects(addJob(db.stores, [a, b, 'none'], {}, scope), {
      code: 'forbidden_scope',
      message: `Not the id of a host that you see: ${b}, none.`,
      details: { ids: [b, 'none'] },
    })
    await assert.rejects(addJob(db.stores, [a, 'none'], {}), { code: 'not_found' })
  })
}

test('sqlite: the groups of hosts are read once for a query, not again for each of its rows', async () => {
  const { url, remove } = await engines[0]!.place()
  await (await openDatabase(url)).close()
  const db = new Kysely({ dialect: dialectOf(url) })
  for (const ungrouped of [true, false]) {
    const own = inScope({ group_ids: ['own', 'other'], ungrouped }, 'job_host.host_id')
    const { rows } = await sql<{ detail: string }>`
      explain query plan select id from job_host where ${own}`.execute(db)
    const plan = rows.map(({ detail }) => detail).join('\n')
    assert.match(plan, /LIST SUBQUERY/)
    assert.doesNotMatch(plan, /CORRELATED/)
  }
  await db.destroy()
  await remove()
})
