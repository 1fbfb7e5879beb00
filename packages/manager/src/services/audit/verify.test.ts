import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { chainOf, newChainKeys } from '../../db/audit/chain.ts'
import type { AuditRow } from '../../db/audit/walk.ts'
import { engines, testChain } from '../../db/engines.test.kit.ts'
import { at } from '../../db/samples.test.kit.ts'
import { chained, found, insert, quiet, ROWS, run, set } from './audit.test.kit.ts'
import { verifyChain } from './verify.ts'
import { entryBySystem } from './audit.ts'

for (const engine of engines) {
  const { name, skip } = engine

  test(`${name}: a chain that nobody touched is valid, and says what it is`, { skip }, async () => {
    await using world = await chained(engine)
    await world.keep()
    const { first_bad, ...verdict } = await world.verify()
    const [row] = (await world.rows()).toReversed()
    assert.equal(first_bad, null)
    assert.deepEqual([verdict.valid, verdict.checked, verdict.from_seq], [true, ROWS, 1])
    assert.equal(verdict.head?.hash, row?.hash)
    assert.deepEqual([verdict.last_checkpoint?.seq, verdict.known_outside?.seq], [ROWS, ROWS])
    assert.equal(verdict.chained_to, 0)
  })

  test(`${name}: an empty chain is valid`, { skip }, async () => {
    await using db = await engine.open()
    const verdict = await verifyChain({ stores: db.stores, chain: testChain, note: undefined })
    assert.deepEqual([verdict.valid, verdict.checked], [true, 0])
  })

  test(
    `${name}: whatever field of whatever row is changed, that row is named`,
    { skip },
    async () => {
      await using world = await chained(engine)
      for (const row of await world.rows()) {
        for (const [field, value] of Object.entries(row)) {
          const changed = field === 'seq' ? 99 : value === null ? '' : `${value} `
          await run(world, `update audit set ${set({ [field]: changed })} where seq = ${row.seq}`)
          const fault = field === 'seq' ? 'missing' : 'altered'
          assert.equal(await found(world), `${fault} ${row.seq}`, `${field} of ${row.seq}`)
          const is = field === 'seq' ? 99 : row.seq
          await run(world, `update audit set ${set({ [field]: value })} where seq = ${is}`)
        }
      }
      assert.equal(await found(world), 'nothing')
    },
  )

  test(`${name}: whatever row is removed, its number is named`, { skip }, async () => {
    await using world = await chained(engine)
    for (const row of await world.rows()) {
      await run(world, `delete from audit where seq = ${row.seq}`)
      assert.equal(await found(world), `missing ${row.seq}`)
      await run(world, insert('audit', row))
    }
    assert.equal(await found(world), 'nothing')
    await run(world, 'delete from audit where seq > 4')
    assert.equal(await found(world), 'missing 5')
    await run(world, 'delete from audit')
    assert.equal(await found(world), 'missing 1')
  })

  test(`${name}: a row that is removed, and the others moved up, shows`, { skip }, async () => {
    await using world = await chained(engine)
    await run(
      world,
      'delete from audit where seq = 3',
      ...[4, 5, 6].map((seq) => `update audit set seq = ${seq - 1} where seq = ${seq}`),
    )
    assert.equal(await found(world), 'out_of_order 3')
  })

  test(
    `${name}: two rows that changed places show, next to each other or not`,
    { skip },
    async () => {
      await using world = await chained(engine)
      const swap = (a: number, b: number) =>
        run(
          world,
          `update audit set seq = 99 where seq = ${a}`,
          `update audit set seq = ${a} where seq = ${b}`,
          `update audit set seq = ${b} where seq = 99`,
        )
      for (const [a, b] of [
        [2, 5],
        [3, 4],
        [1, 6],
      ] as const) {
        await swap(a, b)
        assert.equal(await found(world), `out_of_order ${a}`)
        await swap(a, b)
      }
      // Their contents, each with the other's place in the chain.
      const [, second, , , fifth] = await world.rows()
      const place = ({ seq, id, prev_hash, hash }: AuditRow) => ({ seq, id, prev_hash, hash })
      await run(world, `update audit set ${set({ ...fifth!, ...place(second!) })} where seq = 2`)
      assert.equal(await found(world), 'altered 2')
    },
  )

  test(
    `${name}: a row that no manager wrote shows, at the end and in between`,
    { skip },
    async () => {
      await using world = await chained(engine)
      const last = (await world.rows()).at(-1)!
      const forged = { ...last, seq: 7, id: 'forged', prev_hash: last.hash, hash: 'ab'.repeat(32) }
      await run(world, insert('audit', forged))
      assert.equal(await found(world), 'inserted 7')
      const other = chainOf(newChainKeys())
      await run(world, `update audit set hash = '${other.hashOf(forged)}' where seq = 7`)
      assert.equal(await found(world), 'inserted 7')
      await run(world, 'delete from audit where seq = 7')

      await run(
        world,
        ...[6, 5, 4].map((seq) => `update audit set seq = ${seq + 1} where seq = ${seq}`),
      )
      const third = (await world.rows())[2]!
      const between = { ...third, seq: 4, id: 'between', prev_hash: third.hash }
      await run(world, insert('audit', { ...between, hash: other.hashOf(between) }))
      assert.equal(await found(world), 'inserted 4')
      for (const seq of [0, -5]) {
        await run(world, insert('audit', { ...third, seq, id: `below ${seq}` }))
        assert.equal(await found(world), `inserted ${seq}`)
      }
    },
  )

  test(`${name}: an end that is moved back shows, whatever it is moved by`, { skip }, async () => {
    await using world = await chained(engine)
    const [, , , fourth] = await world.rows()
    await run(world, 'delete from audit where seq > 4')
    await run(world, `update audit_head set ${set({ seq: 4, hash: fourth!.hash })}`)
    assert.equal(await found(world), 'head 4')
    await run(world, 'delete from audit_head')
    assert.equal(await found(world), 'head 0')
  })

  test(
    `${name}: an older end that once was right shows by the rows, by a checkpoint, or outside`,
    { skip },
    async () => {
      await using world = await chained(engine)
      const older = await world.stores.auditWalk.head()
      await world.append(7)
      const newer = await world.stores.auditWalk.head()
      await run(world, `update audit_head set ${set(older!)}`)
      assert.equal(await found(world), 'head 7')

      await run(world, `update audit_head set ${set(newer!)}`)
      await world.keep()
      await run(world, 'delete from audit where seq = 7', `update audit_head set ${set(older!)}`)
      assert.equal(await found(world), 'head 6')
      await run(world, 'delete from audit_checkpoint')
      assert.equal(await found(world), 'outside 7')
      // It goes on from there, and is longer than what was known in the end.
      for (const number of [7, 8, 9]) await world.append(number + 50)
      assert.equal(await found(world), 'outside 7')
    },
  )

  test(
    `${name}: all of it begun anew shows outside, and what is known there stays`,
    { skip },
    async () => {
      await using world = await chained(engine)
      await world.keep()
      const before = readFileSync(world.known_file, 'utf8')
      const empty = { seq: 0, hash: '', checkpoints: 0, chained_to: 0, mac: '' }
      await run(
        world,
        'delete from audit',
        'delete from audit_checkpoint',
        `update audit_head set ${set(empty)}`,
      )
      const again = await world.chained(testChain)
      await again.stores.audit.append(
        entryBySystem(new Date(), { action: 'x', target_type: 'x', target_id: null }),
      )
      assert.equal(await found(world), 'outside 6')
      const errors: unknown[] = []
      await world.keep(null, { ...quiet, error: (...said: unknown[]) => void errors.push(said) })
      assert.match(JSON.stringify(errors), /the audit is not as it was written/)
      assert.equal(readFileSync(world.known_file, 'utf8'), before)
    },
  )

  test(`${name}: what is known outside is believed only as it was written`, { skip }, async () => {
    await using world = await chained(engine)
    await world.keep()
    const known = JSON.parse(readFileSync(world.known_file, 'utf8'))
    writeFileSync(world.known_file, JSON.stringify({ ...known, seq: 3 }))
    assert.equal(await found(world), 'outside 3')
    writeFileSync(world.known_file, 'half a fi')
    assert.equal(await found(world), 'outside 0')
  })

  test(`${name}: a checkpoint that is changed, or gone, shows`, { skip }, async () => {
    await using world = await chained(engine)
    for (const number of [7, 8, 9]) {
      await world.append(number)
      await world.stores.auditCheckpoints.take(at(number))
    }
    assert.equal(await found(world), 'nothing')
    for (const checkpoint of await world.stores.auditCheckpoints.list()) {
      const { number, seq } = checkpoint
      for (const [field, value] of Object.entries(checkpoint)) {
        if (field === 'number') continue
        const changed = typeof value === 'number' ? value - 1 : `${value}A`
        await run(
          world,
          `update audit_checkpoint set ${set({ [field]: changed })} where number = ${number}`,
        )
        assert.match(await found(world), /^checkpoint/, `${field} of ${number}`)
        await run(
          world,
          `update audit_checkpoint set ${set({ [field]: value })} where number = ${number}`,
        )
      }
      await run(world, `delete from audit_checkpoint where number = ${number}`)
      assert.match(await found(world), /^checkpoint/, `without ${number}, at ${seq}`)
      await run(world, insert('audit_checkpoint', checkpoint))
    }
  })

  test(`${name}: by another key nothing is right`, { skip }, async () => {
    await using world = await chained(engine)
    const { first_bad } = await world.verify(chainOf(newChainKeys()))
    assert.deepEqual([first_bad?.fault, first_bad?.seq], ['altered', 1])
  })

  test(`${name}: rows that had their time go, and what is left is a chain`, { skip }, async () => {
    await using world = await chained(engine)
    await world.keep()
    world.clock.at = new Date(Date.parse(at(4)) + 24 * 3_600_000)
    await world.keep(1)
    const verdict = await world.verify()
    assert.deepEqual([verdict.valid, verdict.from_seq, verdict.checked], [true, 4, 4])
    const kept = await world.rows()
    assert.deepEqual(
      kept.map(({ action }) => action),
      ['action 4', 'action 5', 'action 6', 'audit_prune'],
    )
    assert.deepEqual(JSON.parse(kept.at(-1)!.details), { before: at(4), rows: 3, to_seq: 3 })
    await run(world, 'delete from audit where seq = 4')
    assert.equal(await found(world), 'missing 4')
    await run(world, insert('audit', kept[0]!))
    const [, second] = await world.stores.auditCheckpoints.list()
    await run(world, `update audit_checkpoint set keeps_from = 6 where number = 2`)
    assert.match(await found(world), /^checkpoint/)
    await run(world, `update audit_checkpoint set keeps_from = 4 where number = 2`)
    assert.equal(second?.keeps_from, 4)
    world.clock.at = new Date(Date.parse(at(4)) + 10 * 24 * 3_600_000)
    await world.keep(1)
    assert.deepEqual(
      (await world.rows()).map(({ action }) => action),
      ['audit_prune'],
    )
    assert.equal(await found(world), 'nothing')
  })

  test(`${name}: a chain that is written to meanwhile is valid`, { skip }, async () => {
    await using world = await chained(engine)
    for (let number = 7; number < 700; number++) await world.append(number)
    const busy = { is: true }
    const writing = (async () => {
      for (let number = 700; busy.is; number++) {
        await world.append(number)
        if (number % 20 === 0) await world.stores.auditCheckpoints.take(at(number))
        if (number % 50 === 0) await world.keep(0.001)
      }
    })()
    for (let times = 0; times < 10; times++) assert.equal(await found(world), 'nothing')
    busy.is = false
    await writing
  })
}
