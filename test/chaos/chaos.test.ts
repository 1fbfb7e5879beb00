import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../needs.ts'
import { chaos } from './chaos.ts'

const skip = skipWithout('lab')

test('random transactions leave the host whole, whatever happens to them', { skip }, async (t) => {
  const tally = await chaos({ seed: 4, count: 20, say: (line) => t.diagnostic(line) })
  assert.ok(tally.of('cancelled') > 0)
  assert.ok(tally.of('killed') > 0)
  assert.ok(tally.of('restarted') > 0)
  assert.ok(tally.get('transactions', 'rollback') > 0)
})
