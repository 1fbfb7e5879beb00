import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { auditActions } from '@linux-patch/shared/audit-actions'

const files = globSync('packages/manager/src/**/*.ts').filter(
  (file) => !/\.(test|kit)\.ts$/.test(file),
)
/** Every action has two words, and is named where it is put on record. */
const named = /(?:\baction:\s*|\brecord\(stores, )'([a-z]+_[a-z_]+)'/g

test('the page offers what the manager puts on record, and nothing else', () => {
  const recorded = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(named)].map(([, action = '']) => action),
  )
  assert.deepEqual(new Set(auditActions), new Set(recorded))
  assert.equal(new Set(auditActions).size, auditActions.length)
})
