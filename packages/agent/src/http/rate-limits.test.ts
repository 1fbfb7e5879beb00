import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { rateLimits } from './rate-limits.ts'

const usual = {
  health: 2,
  package_list: 2,
  package_operations: 2,
  patch_operations: 2,
  job_operations: 2,
  system: 2,
}

test('one request too many is refused, and is told when to come again', () => {
  let now = 0
  const limits = rateLimits({ limits: () => usual, now: () => now })
  limits.take('manager', 'health')
  now = 10_000
  limits.take('manager', 'health')
  assert.throws(
    () => limits.take('manager', 'health'),
    (error: Failure) =>
      error.code === 'RATE_LIMIT_EXCEEDED' && error.details['retry_after_seconds'] === 50,
  )
  now = 60_001
  limits.take('manager', 'health')
})

test('a wall clock that is set back or forward locks nobody out and lets nobody in', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 2) })
  const limits = rateLimits({ limits: () => usual })
  limits.take('manager', 'health')
  limits.take('manager', 'health')
  for (const time of [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)]) {
    t.mock.timers.setTime(time)
    assert.throws(
      () => limits.take('manager', 'health'),
      (error: Failure) => Number(error.details['retry_after_seconds']) <= 60,
    )
  }
})
