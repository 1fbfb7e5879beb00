import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readReturn } from './sso-return.ts'

test('a handoff code is taken out of the address, and the rest stays', () => {
  assert.deepEqual(readReturn('https://manager.example/hosts?search=a&handoff=abc#top'), {
    handoff_code: 'abc',
    problem: null,
    rest: '/hosts?search=a#top',
  })
})

test('an address without one says nothing', () => {
  assert.deepEqual(readReturn('https://manager.example/'), {
    handoff_code: null,
    problem: null,
    rest: '/',
  })
})

test('why somebody was not let in is said in our own words, whatever the address says', () => {
  const { problem, rest } = readReturn('https://manager.example/?sso_error=disabled')
  assert.deepEqual([problem, rest], ['Your account is disabled.', '/'])
  assert.equal(
    readReturn('https://manager.example/?sso_error=Call+this+number').problem,
    'The sign-in service did not let you in.',
  )
})
