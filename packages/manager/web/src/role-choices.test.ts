import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roleChoices } from './role-choices.ts'

const builtIn = ['admin', 'operator', 'auditor', 'viewer']

test('who may read the roles chooses among all of them', () => {
  assert.deepEqual(roleChoices([{ name: 'viewer' }, { name: 'night-shift' }], 'desk'), [
    'viewer',
    'night-shift',
  ])
})

test('who may not is offered the built-in ones, and the one that a user has already', () => {
  assert.deepEqual(roleChoices(undefined), builtIn)
  assert.deepEqual(roleChoices(undefined, 'desk'), [...builtIn, 'desk'])
  assert.deepEqual(roleChoices(undefined, 'viewer'), builtIn)
})
