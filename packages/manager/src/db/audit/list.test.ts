import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditFilter } from '@linux-patch/shared/audit'
import type { AuditEntry } from './audit.ts'
import { engines } from '../engines.test.kit.ts'
import { at } from '../samples.test.kit.ts'

const by = (number: number, entry: Partial<AuditEntry> = {}): AuditEntry => ({
  actor_type: 'user',
  actor_id: 'u-1',
  actor_name: 'Alice',
  ip: '192.0.2.7',
  request_id: null,
  at: at(number),
  action: 'host_change',
  target_type: 'host',
  target_id: 'h-1',
  outcome: 'success',
  details: {},
  ...entry,
})
const entries = [
  by(1),
  by(2, { action: 'sign_in', actor_id: null, actor_name: 'anonymous', outcome: 'refused' }),
  by(2, { target_id: 'h-2', details: { name: '100%_sure' } }),
  by(3, { actor_id: 'u-2', actor_name: 'bob', target_type: 'job', ip: null }),
  by(4, { request_id: 'r-9', details: { note: 'Grün' } }),
]

/** What is asked for, and the numbers of those that are found. */
const questions: [AuditFilter, number[]][] = [
  [{}, [5, 4, 3, 2, 1]],
  [{ from: at(2) }, [5, 4, 3, 2]],
  [{ from: at(2), to: at(3) }, [3, 2]],
  [{ actor: 'u-1' }, [5, 3, 1]],
  [{ actor: 'alice' }, [5, 3, 1]],
  [{ actor: 'ali' }, []],
  [{ action: 'sign_in' }, [2]],
  [{ outcome: 'refused' }, [2]],
  [{ target_type: 'host', target_id: 'h-1' }, [5, 2, 1]],
  [{ search: '192.0.2' }, [5, 3, 2, 1]],
  [{ search: '%_' }, [3]],
  [{ search: 'R-9' }, [5]],
  [{ search: "'" }, []],
  [{ actor: 'alice', from: at(2), search: 'sure' }, [3]],
]

for (const { name, skip, open } of engines) {
  test(`${name}: the record is found by any of its fields, in pages`, { skip }, async () => {
    await using db = await open()
    for (const entry of entries) await db.stores.audit.append(entry)
    const { auditList } = db.stores
    const numbers = async (filter: AuditFilter, range = {}, order: 'asc' | 'desc' = 'desc') =>
      (await auditList.list(filter, { limit: 9, ...range }, order)).map(({ seq }) => seq)
    for (const [filter, expected] of questions) {
      assert.deepEqual(await numbers(filter), expected, JSON.stringify(filter))
      assert.equal(await auditList.count(filter, 99), expected.length)
    }
    assert.deepEqual(await numbers({}, { below: 4, limit: 2 }), [3, 2])
    assert.deepEqual(await numbers({}, { above: 1, below: 5, limit: 2 }, 'asc'), [2, 3])
    assert.equal(await auditList.count({}, 3), 2)
  })

  test(`${name}: a row is found however many others lie before it`, { skip }, async () => {
    await using db = await open()
    await db.transaction(async ({ audit }) => {
      for (let number = 1; number <= 4100; number++)
        await audit.append(by(0, { action: [2, 2001, 4099].includes(number) ? 'rare' : 'usual' }))
    })
    const { auditList } = db.stores
    const numbers = async (action: string, range: object, order: 'asc' | 'desc') =>
      (await auditList.list({ action }, { limit: 9, ...range }, order)).map(({ seq }) => seq)
    assert.deepEqual(await numbers('rare', {}, 'desc'), [4099, 2001, 2])
    assert.deepEqual(await numbers('rare', { below: 4099, limit: 1 }, 'desc'), [2001])
    assert.deepEqual(await numbers('rare', {}, 'asc'), [2, 2001, 4099])
    assert.deepEqual(await numbers('rare', { above: 2, below: 4099 }, 'asc'), [2001])
    assert.equal(await auditList.count({ action: 'usual' }, 4101), 4097)
    assert.equal(await auditList.count({}, 4000), 3999)
  })
}
