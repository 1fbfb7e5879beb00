import assert from 'node:assert/strict'
import { Failure } from '@linux-patch/shared/failure'
import { test } from 'node:test'
import { askedToWait, isPassing } from './watch.ts'

const busy = (retry_after_seconds: unknown) =>
  new Failure('RATE_LIMIT_EXCEEDED', 'Later.', { details: { retry_after_seconds } })

test('a host is left alone for as long as it wants, up to a minute', () => {
  assert.equal(askedToWait(busy(5)), 5000)
  assert.equal(askedToWait(busy('7')), 7000)
  assert.equal(askedToWait(busy(1e300)), 60_000)
  for (const odd of [0, -1, 'soon', null, undefined, {}, Number.NaN])
    assert.equal(askedToWait(busy(odd)), 0)
})

test('only what may be better the next time is tried again', () => {
  assert.equal(isPassing(new Failure('host_unreachable', '')), true)
  assert.equal(isPassing(new Failure('SERVICE_UNHEALTHY', '')), true)
  for (const code of ['PKG_NOT_FOUND', 'JOB_CONFLICT', 'host_refused', 'INVALID_REQUEST'] as const)
    assert.equal(isPassing(new Failure(code, '')), false)
  assert.equal(isPassing(new Error('host_unreachable')), false)
})
