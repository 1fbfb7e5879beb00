import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { newFolder } from '../files/folder.test.kit.ts'
import { findPreference, parsePreferences, readPreferences } from './preferences.ts'

const named = (name: string, source = name) => ({ name, source })
const has = (pattern: string, name: string, source?: string) =>
  findPreference(
    parsePreferences(`Package: ${pattern}\nPin: version 1\nPin-Priority: 7\n`, 'f'),
    named(name, source),
    7,
  ) !== undefined

test('a record has packages, a pin and a priority; one that lacks any is none', () => {
  const text =
    'Explanation: so\nPackage: nginx nginx-*\nPin: version 1.18*\nPin-Priority: 1001\n\n' +
    'Package: curl\nPin: version 8\n\n\nPackage: a\nPin: release n=sid\nPin-Priority: -1'
  assert.deepEqual(parsePreferences(text, 'f'), [
    { file: 'f', packages: ['nginx', 'nginx-*'], pin: 'version 1.18*', priority: 1001 },
    { file: 'f', packages: ['a'], pin: 'release n=sid', priority: -1 },
  ])
})

test('packages are named by name, by pattern, by expression or by source', () => {
  assert.ok(has('curl', 'curl') && !has('curl', 'curlew'))
  assert.ok(has('lib*', 'libc6:i386') && has('*', 'curl') && !has('lib.', 'libc'))
  assert.ok(has('/^linux-.*-amd64$/', 'linux-image-amd64') && !has('/^linux$/', 'linux-image'))
  assert.ok(has('src:openssl', 'libssl3', 'openssl') && !has('src:openssl', 'openssl', 'other'))
  assert.ok(has('curl:any', 'curl') && !has('/(/', 'curl') && !has('[', 'curl'))
})

test('the record meant is the one with the priority that apt gave', () => {
  const text =
    'Package: *\nPin: release n=sid\nPin-Priority: 50\n\nPackage: curl\nPin: version 8\nPin-Priority: 900\n'
  const preferences = parsePreferences(text, 'f')
  assert.equal(findPreference(preferences, named('curl'), 900)?.pin, 'version 8')
  assert.equal(findPreference(preferences, named('bash'), 900), undefined)
})

test("files are read in apt's order, without those that apt passes over", async () => {
  const root = newFolder()
  assert.deepEqual(await readPreferences(root), [])
  mkdirSync(join(root, 'etc/apt/preferences.d'), { recursive: true })
  const write = (name: string) =>
    writeFileSync(join(root, 'etc/apt', name), 'Package: a\nPin: version 1\nPin-Priority: 1\n')
  for (const name of ['20-b', '10-a.pref', 'c.disabled', 'd.pref~']) write(`preferences.d/${name}`)
  write('preferences')
  assert.deepEqual(
    (await readPreferences(root)).map(({ file }) => file),
    ['/etc/apt/preferences.d/10-a.pref', '/etc/apt/preferences.d/20-b', '/etc/apt/preferences'],
  )
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, pattern) => {
      parsePreferences(text, 'f')
      has(pattern, 'curl')
    }),
  )
})
