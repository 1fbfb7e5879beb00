import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { fieldErrors } from './field-errors.ts'

test('what the manager says of a field stands at that field', () => {
  const fields = [{ field: 'smtp.username', message: 'must be null without TLS' }]
  assert.deepEqual(fieldErrors(new Failure('invalid_request', 'No.', { details: { fields } })), {
    'smtp.username': 'Must be null without TLS',
  })
})

test('of two things that are wrong with a field, none is lost', () => {
  const fields = [
    { field: 'name', message: 'is too short' },
    { field: 'name', message: 'has a blank' },
  ]
  assert.deepEqual(fieldErrors(new Failure('invalid_request', 'No.', { details: { fields } })), {
    name: 'Is too short; Has a blank',
  })
})

test('a failure that is about no field in particular leaves them all alone', () => {
  assert.deepEqual(fieldErrors(new Failure('conflict', 'No.')), {})
  const details = { fields: ['stray'] }
  assert.deepEqual(fieldErrors(new Failure('invalid_request', 'No.', { details })), {})
  assert.deepEqual(fieldErrors(new TypeError('No.')), {})
})
