import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { isUnanswered, wordsOf } from './failure-words.ts'

test('a failure is told in the words of the manager, and by its fields where it has some', () => {
  assert.equal(wordsOf(new Failure('conflict', 'There is one.')), 'There is one.')
  const fields = [{ field: 'port', message: 'is too big' }]
  const refused = new Failure('invalid_request', 'Not valid.', { details: { fields } })
  assert.equal(wordsOf(refused), 'port: Is too big.')
})

test('who asks too often hears how long to wait', () => {
  const limited = (retry_after_seconds: number) =>
    new Failure('rate_limited', 'Too often.', { details: { retry_after_seconds } })
  assert.equal(wordsOf(limited(41)), 'Too often. Wait 41 seconds.')
  assert.equal(wordsOf(limited(1)), 'Too often. Wait 1 second.')
})

test('what was never answered is told from what was refused', () => {
  assert.ok(isUnanswered(new Failure('unavailable', 'It does not answer.')))
  const details = { request_id: '1' }
  assert.equal(isUnanswered(new Failure('unavailable', 'Not now.', { details })), false)
  assert.equal(isUnanswered(new Failure('conflict', 'There is one.')), false)
})

test('what is no failure of the manager is not shown as it is', () => {
  assert.match(wordsOf(new TypeError('x is not a function')), /could not be read/)
})
