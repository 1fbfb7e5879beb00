import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseStanzas } from './stanzas.ts'

const stanzas = parseStanzas(
  readFileSync(new URL('captured/debian-12-stanzas.txt', import.meta.url), 'utf8'),
)
const stanza = (wanted: string) => stanzas.find(({ name }) => name === wanted)

test('one stanza for each of 128 candidates', () => assert.equal(stanzas.length, 128))

test('a package of its own name is its own source', () => {
  assert.deepEqual(stanza('openssl'), {
    name: 'openssl',
    version: '3.0.22-1~deb12u2',
    architecture: 'amd64',
    source: 'openssl',
    source_version: '3.0.22-1~deb12u2',
    download_bytes: 1_441_784,
    installed_bytes: 2315 * 1024,
    pre_depends: '',
    depends: '',
    provides: '',
    breaks: '',
  })
})

test('a package of another source names it, and its version where that differs', () => {
  assert.equal(stanza('libssl3')?.source, 'openssl')
  assert.deepEqual(
    [stanza('bash')?.source, stanza('bash')?.source_version, stanza('bash')?.version],
    ['bash', '5.2.15-2', '5.2.15-2+b13'],
  )
})

test('a stanza that only dpkg has claims no download', () => {
  const [local] = parseStanzas('Package: ours\nStatus: install ok installed\nVersion: 1\n')
  assert.deepEqual([local?.download_bytes, local?.installed_bytes], [0, 0])
})

test('nothing printed is no stanza', () => assert.deepEqual(parseStanzas('\n'), []))

test('what it needs, provides and cannot be beside', () => {
  const [stanza] = parseStanzas(
    'Package: a\nPre-Depends: b\nDepends: c (= 1), d | e\nProvides: f\nBreaks: g (<< 2)\nConflicts: h\n',
  )
  assert.deepEqual(
    [stanza?.pre_depends, stanza?.depends, stanza?.provides, stanza?.breaks],
    ['b', 'c (= 1), d | e', 'f', 'g (<< 2), h'],
  )
})

test('no text makes the parser throw', () =>
  fc.assert(fc.property(fc.string(), (text) => void parseStanzas(text))))
