import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isEcho, levelOf } from './errors.ts'

test('what only announces an error, or follows one, is its echo', () => {
  for (const echo of [
    'dpkg: error processing package lab-fail (--configure):',
    'E: Sub-process /usr/bin/dpkg returned an error code (1)',
    'Err:1 http://mirror.example bookworm-security/main amd64 lab-lib all 1.0-1+deb12u1',
    'E: Some files failed to download',
  ])
    assert.ok(isEcho(echo), echo)
})

test('what tells why is none', () => {
  for (const reason of [
    'lab-fail: installed lab-fail package post-installation script subprocess returned error exit status 7',
    'E: Failed to fetch http://mirror.example/lab-lib.deb  404  Not Found [IP: 192.0.2.1 80]',
    'dpkg: error: dpkg frontend lock was locked by another process with pid 9',
  ])
    assert.ok(!isEcho(reason), reason)
})

test('a line matters as much as apt and dpkg say by its beginning', () => {
  assert.deepEqual(
    [
      'E: Unable to locate package nothing',
      'Err:1 http://mirror.example bookworm InRelease',
      'dpkg: error processing package lab-fail (--configure):',
      'W: Target Packages is configured multiple times',
      'dpkg: warning: downgrading lab-hello from 1.1 to 1.0',
      'Errors were encountered while processing:',
      'Everything is well',
    ].map(levelOf),
    ['error', 'error', 'error', 'warning', 'warning', 'info', 'info'],
  )
})
