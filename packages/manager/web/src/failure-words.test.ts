import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agentFailures, Failure, failures, isFailureCode } from '@linux-patch/shared/failure'
import { isUnanswered, requestIdOf, wordsOf } from './failure-words.ts'

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

test('a request id is shown where the log tells more, and not where somebody was refused', () => {
  const details = { request_id: '1' }
  const shown = Object.keys(failures)
    .filter((code) => isFailureCode(code))
    .filter((code) => requestIdOf(new Failure(code, 'No.', { details })) === '1')
    .filter((code) => !Object.hasOwn(agentFailures, code))
  assert.deepEqual(shown, [
    'internal',
    'host_unreachable',
    'provider_unavailable',
    'host_refused',
    'unavailable',
  ])
  assert.equal(requestIdOf(new Failure('internal', 'No.')), undefined)
  assert.equal(requestIdOf(new TypeError('No.')), undefined)
})

test('what is no failure of the manager is not shown as it is', () => {
  assert.match(wordsOf(new TypeError('x is not a function')), /could not be read/)
})
