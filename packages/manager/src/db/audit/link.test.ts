import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entryBySystem } from '../../services/audit/audit.ts'
import { engines, testChain, type TestDatabase } from '../engines.test.kit.ts'
import { openDatabase } from '../open.ts'
import { at, newHost } from '../samples.test.kit.ts'

const entry = (action: string, number = 1) =>
  entryBySystem(new Date(at(number)), { action, target_type: 'test', target_id: null })

/** Every row, which are asserted to be one chain without gaps that ends where the head says. */
async function chainIn({ stores }: TestDatabase) {
  const rows = await stores.auditWalk.page(1, 1e9, 1e6)
  let prev_hash = ''
  for (const [index, row] of rows.entries()) {
    assert.deepEqual([row.seq, row.prev_hash], [index + 1, prev_hash])
    assert.equal(row.hash, testChain.hashOf(row))
    prev_hash = row.hash
  }
  const head = await stores.auditWalk.head()
  assert.deepEqual([head?.seq, head?.hash], [rows.length, prev_hash])
  return rows
}
const actions = (rows: { action: string }[]) => rows.map(({ action }) => action)

for (const { name, skip, open, place } of engines) {
  test(`${name}: fifty transactions at once leave one chain`, { skip }, async () => {
    await using db = await open()
    const numbers = Array.from({ length: 50 }, (_, index) => index + 1)
    await Promise.all(
      numbers.map((number) =>
        db.transaction(async ({ hosts, audit }) => {
          await audit.append(entry(`first ${number}`))
          await hosts.add(newHost(number))
          await audit.append(entry(`second ${number}`))
        }),
      ),
    )
    const rows = actions(await chainIn(db))
    assert.equal(rows.length, 100)
    for (const number of numbers)
      assert.equal(rows.indexOf(`first ${number}`) + 1, rows.indexOf(`second ${number}`))
  })

  test(
    `${name}: transactions that hold what the others want do not wait in a ring`,
    { skip },
    async () => {
      await using db = await open()
      const work = (order: string[]) =>
        db.transaction(async ({ audit, secrets }) => {
          await audit.append(entry('before'))
          for (const name of order) await secrets.addOnce(`${name}`, 'sealed')
          await audit.append(entry('after'))
        })
      await Promise.all(Array.from({ length: 20 }, () => work(['a', 'b'])))
      assert.equal((await chainIn(db)).length, 40)
    },
  )

  test(
    `${name}: a transaction that fails leaves nothing on record, and no gap`,
    { skip },
    async () => {
      await using db = await open()
      await db.stores.audit.append(entry('one'))
      const failing = db.transaction(async ({ audit }) => {
        await audit.append(entry('never'))
        throw new Error('the power failed')
      })
      await assert.rejects(failing, /the power failed/)
      await db.stores.audit.append(entry('two'))
      assert.deepEqual(actions(await chainIn(db)), ['one', 'two'])
    },
  )

  test(`${name}: what cannot be put on record is not done`, { skip }, async () => {
    await using db = await open()
    await db.run(`update audit_head set seq = 7`)
    const work = db.transaction(async ({ hosts, audit }) => {
      await hosts.add(newHost(1))
      await audit.append(entry('host_add'))
    })
    await assert.rejects(work, /The end of the audit is not as it was written/)
    const listing = { scope: 'all', sort: 'name', order: 'asc', limit: 10, offset: 0 } as const
    assert.equal((await db.stores.hosts.list(listing)).total, 0)
    await db.run('delete from audit_head')
    await assert.rejects(db.stores.audit.append(entry('x')), /The end of the audit is not/)
  })

  test(`${name}: nothing is put on record before the key is open`, { skip }, async () => {
    const { url, remove } = await place()
    const { stores, transaction, close } = await openDatabase(url)
    await assert.rejects(stores.audit.append(entry('x')), /before the keys of the audit are open/)
    const work = transaction(({ audit }) => audit.append(entry('x')))
    await assert.rejects(work, /before the keys of the audit are open/)
    await close()
    await remove()
  })

  test(
    `${name}: what earlier versions left joins the chain once, in its order`,
    { skip },
    async () => {
      await using older = await open()
      await older.run(`update audit_head set mac = ''`)
      const values = Array.from({ length: 2500 }, (_, index) => {
        const id = `0${String(index).padStart(5, '0')}`
        return `('${id}', '${at(1)}', 'system', null, 'system', 'old ${index}', null, null, 'success', null, null, '{"b":1, "a":2}')`
      })
      await older.run(`insert into audit_unchained values ${values.join(',')}`)
      // Several managers share PostgreSQL alone.
      const count = name === 'postgres' ? 4 : 1
      const opening = Array.from({ length: count }, () => openDatabase(older.url))
      const managers = await Promise.all(opening)
      await Promise.all(
        managers.map(async (manager) => {
          const { stores } = await manager.chained(testChain)
          await stores.audit.append(entry('new'))
        }),
      )
      const rows = await chainIn(older)
      assert.equal(rows.length, 2500 + count)
      assert.deepEqual([rows[0]?.action, rows[2499]?.action], ['old 0', 'old 2499'])
      assert.equal(rows[0]?.details, '{"b":1, "a":2}')
      assert.equal((await older.stores.auditWalk.head())?.chained_to, 2500)
      await Promise.all(managers.map(({ close }) => close()))
    },
  )

  test(`${name}: checkpoints cannot be changed, and rows go only below one`, { skip }, async () => {
    await using db = await open()
    const { audit, auditCheckpoints } = db.stores
    for (const number of [1, 2, 3]) await audit.append(entry(`row ${number}`, number))
    await auditCheckpoints.take(at(4))
    for (const statement of ['update audit_checkpoint set seq = 9', 'delete from audit_checkpoint'])
      await assert.rejects(db.run(statement), /audit_checkpoint is append-only/)
    await assert.rejects(db.run('delete from audit where seq = 1'), /audit is append-only/)

    const entryOf = () => entry('audit_prune', 5)
    const gone = () => auditCheckpoints.prune({ before: at(3), at: at(5), entry: entryOf })
    assert.deepEqual([await gone(), await gone()], [2, 0])
    const kept = await db.stores.auditWalk.page(1, 99, 9)
    assert.deepEqual(actions(kept), ['row 3', 'audit_prune'])
    const [first, second] = await auditCheckpoints.list()
    assert.deepEqual([first?.keeps_from, second?.keeps_from], [1, 3])
    assert.equal(second?.kept_after, kept[0]?.prev_hash)
    await assert.rejects(db.run('delete from audit where seq = 3'), /audit is append-only/)
  })
}
