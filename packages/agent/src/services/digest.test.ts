import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlannedChange } from '../package-manager.ts'
import { compare, digestOf, notAmong, refuseDrift } from './digest.ts'

const change = (name: string, planned: string | null = '2'): PlannedChange => ({
  name,
  action: planned === null ? 'remove' : 'upgrade',
  version_before: '1',
  version_planned: planned,
})

test('a digest is of what changes, whatever its order and whatever else is known of it', () => {
  const one = digestOf([change('b'), change('a')])
  assert.equal(one, digestOf([{ ...change('a'), origins: ['x'] } as PlannedChange, change('b')]))
  assert.notEqual(one, digestOf([change('a'), change('b', '3')]))
  assert.notEqual(one, digestOf([change('a')]))
  assert.equal(
    digestOf([change('a')]),
    'sha256:a08be00568307e2d7119223268a4ab1c28b1978536a57814bdfbc6da698b95cd',
  )
})

test('two transactions are compared by name', () => {
  const from = [change('same'), change('gone'), change('other', '2')]
  const to = [change('same'), change('new'), change('other', '3')]
  assert.deepEqual(compare(from, to), { added: ['new'], removed: ['gone'], changed: ['other'] })
  assert.deepEqual(
    notAmong(to, from).map(({ name }) => name),
    ['new', 'other'],
  )
})

test('another transaction than the expected one is refused with what is new, or null where that is unknown', () => {
  const expected = digestOf([change('a')])
  refuseDrift({ expected, changes: [change('a')], known: undefined })
  const changes = [change('a', '3'), change('b', null)]
  const details = { expected, actual: digestOf(changes) }
  assert.throws(() => refuseDrift({ expected, changes, known: [change('a')] }), {
    code: 'PLAN_DRIFT',
    message: /added: b; changed: a/,
    details: { ...details, added: ['b'], removed: [], changed: ['a'] },
  })
  assert.throws(() => refuseDrift({ expected, changes, known: undefined }), {
    details: { ...details, added: null, removed: null, changed: null },
  })
})
