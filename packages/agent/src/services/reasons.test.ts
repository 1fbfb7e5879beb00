import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tellingErrors } from './reasons.ts'

const WHY =
  'lab-fail: installed lab-fail package post-installation script subprocess returned error exit status 7'
const HEAD = 'dpkg: error processing package lab-fail (--configure):'
const END = 'E: Sub-process /usr/bin/dpkg returned an error code (1)'

test('a reason is said once, and what only announces or follows it not at all', () => {
  // As apt and dpkg said it of one package: in the install, and in the two repairs after it.
  assert.deepEqual(tellingErrors([HEAD, END, WHY, HEAD, HEAD, END]), [WHY])
})

test('a file that was asked for twice is missing once', () => {
  const missing =
    'E: Failed to fetch http://mirror.example/lab-lib.deb  404  Not Found [IP: 192.0.2.1 80]'
  const tried = [
    'Err:1 http://mirror.example bookworm-security/main amd64 lab-lib all 1.0-1+deb12u1',
    missing,
    'E: Some files failed to download',
  ]
  assert.deepEqual(tellingErrors([...tried, ...tried]), [missing])
})

test('where nothing tells more, what there is is said', () => {
  assert.deepEqual(tellingErrors([HEAD, END, END]), [HEAD, END])
  assert.deepEqual(tellingErrors([]), [])
})

test('of many the newest few are said, in their order', () => {
  const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  assert.deepEqual(tellingErrors(many), ['c', 'd', 'e', 'f', 'g'])
})
