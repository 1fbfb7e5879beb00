import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitingWords } from './waiting-words.ts'

const last_failure = 'Nothing listens on the agent’s port of this host.'

test('before its agent has its certificate, that is all there is to say', () =>
  assert.equal(
    waitingWords({ certificate_fetched_at: null, last_failure }),
    'Approved; its agent has not fetched its certificate yet',
  ))

test('once it has, what stops the first contact is named', () => {
  const certificate_fetched_at = '2026-11-22T10:00:00Z'
  const fetched = 'Its agent has its certificate, and was not reached yet'
  assert.equal(waitingWords({ certificate_fetched_at, last_failure: null }), fetched)
  assert.equal(
    waitingWords({ certificate_fetched_at, last_failure }),
    `${fetched}: ${last_failure}`,
  )
})
