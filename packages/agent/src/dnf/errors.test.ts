import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isEcho, levelOf } from './errors.ts'

test('a scriptlet that failed is an error, though rpm only warns of it', () => {
  const lines = [
    'error: %prein(lab-failpre-2.0-1.noarch) scriptlet failed, exit status 7',
    'warning: %post(lab-fail-2.0-1.noarch) scriptlet failed, exit status 7',
  ]
  for (const line of lines) assert.deepEqual([levelOf(line), isEcho(line)], ['error', false], line)
  const echo = 'Error in POSTIN scriptlet in rpm package lab-fail'
  assert.deepEqual([levelOf(echo), isEcho(echo)], ['error', true])
})

test('what a mirror answered is an error, and that none is left or all has failed only its echo', () => {
  const status =
    '  - Status code: 404 for http://mirror.example/repodata/repomd.xml (IP: 192.0.2.1)'
  assert.deepEqual([levelOf(status), isEcho(status)], ['error', false])
  for (const echo of [
    'Error: lab-hello-1.1-1.noarch.rpm: No more mirrors to try - All mirrors were already tried without success',
    'Error: lab-hello-1.1-1.noarch: Cannot download, all mirrors were already tried without success',
    'Error: lab-base-0:1.0-1.noarch: Not finished - interrupted by error: Cannot download packages/lab-hello-1.1-1.noarch.rpm: All mirrors were tried',
    'Error: Failed to download packages',
    'Error: Rpm transaction failed.',
  ])
    assert.deepEqual([levelOf(echo), isEcho(echo)], ['error', true], echo)
})

test('a key that was not accepted is an error, with its file and its fingerprint', () => {
  for (const line of [
    ' Fingerprint: BE4D FD68 4E42 AD19 4014 9C72 FF1B 891A ED23 5F8A',
    ' From       : /etc/pki/rpm-gpg/RPM-GPG-KEY-strangers',
  ])
    assert.deepEqual([levelOf(line), isEcho(line)], ['error', false], line)
})

test('a warning is one, and whatever else is printed is told as it is', () => {
  assert.equal(
    levelOf('warning: /etc/lab-conf.conf created as /etc/lab-conf.conf.rpmnew'),
    'warning',
  )
  assert.equal(levelOf("Errors during downloading metadata for repository 'lab':"), 'info')
  assert.equal(levelOf('Metadata cache created.'), 'info')
})
