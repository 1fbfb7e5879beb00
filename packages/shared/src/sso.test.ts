import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LocalPath, withQuery } from './sso.ts'

const isLocal = (text: string) => LocalPath.safeParse(text).success

test('a path of the page is one', () => {
  for (const path of ['/', '/hosts', '/jobs/1?tab=log', '/hosts?search=a%20b#top', '/a/../hosts'])
    assert.ok(isLocal(path), path)
})

test('what leads to another site is none, however it is written', () => {
  const others = [
    '',
    'hosts',
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    'javascript:alert(1)',
    '/hosts\r\nSet-Cookie: a=b',
    '/hosts\u0000',
    '/höst',
  ]
  for (const path of others) assert.ok(!isLocal(path), JSON.stringify(path))
})

test('what answers scripts is no place to come back to', () => {
  for (const path of ['/api/v1/auth/sso/login', '/a/../api/v1/x', '/.well-known/pki/crl/x.crl'])
    assert.ok(!isLocal(path), path)
})

test('what is added to a path stands beside what was there', () => {
  assert.equal(withQuery('/', { handoff: 'x' }), '/?handoff=x')
  assert.equal(withQuery('/a?b=c#d', { sso_error: 'expired' }), '/a?b=c&sso_error=expired#d')
})
