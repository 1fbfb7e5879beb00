import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uris } from './peer.ts'

test('the URIs of a certificate are found among its other names', () =>
  assert.deepEqual(
    uris({ subjectAltName: 'DNS:web-01, URI:urn:a, IP Address:10.0.0.1, URI:urn:b' }),
    ['urn:a', 'urn:b'],
  ))

test('a name in quotes is one name, whatever stands in it', () => {
  const manager = 'URI:urn:lpm:manager:01980000-0000-7000-8000-000000000001'
  assert.deepEqual(uris({ subjectAltName: `DNS:"a, ${manager}, b", URI:urn:a` }), ['urn:a'])
  assert.deepEqual(uris({ subjectAltName: `DNS:"a\\", ${manager}, \\"b"` }), [])
})

test('no names are no URIs', () => assert.deepEqual(uris({ subjectAltName: undefined }), []))
