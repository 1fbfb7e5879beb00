import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDiversions, parseExclusions, readExceptions } from './exceptions.ts'

test('a diversion says what packages name, where it is and whose own stays', () => {
  const text = '/usr/bin/perf\n/usr/bin/perf.wrapper\nlinux-perf\n/etc/a b\n/etc/a.local\n:\n'
  assert.deepEqual(
    [...parseDiversions(text)],
    [
      ['/usr/bin/perf', { to: '/usr/bin/perf.wrapper', by: 'linux-perf' }],
      ['/etc/a b', { to: '/etc/a.local', by: ':' }],
    ],
  )
})

test('what dpkg was told to leave out, the last rule that fits deciding', () => {
  const isExcluded = parseExclusions(
    '# an image\npath-exclude=/usr/share/locale/*\npath-exclude /usr/share/doc/*\n' +
      'path-include=/usr/share/locale/de/LC_MESSAGES/dpkg.mo\nforce-unsafe-io\n',
  )
  assert.equal(isExcluded('/usr/share/locale/fr/LC_MESSAGES/dpkg.mo'), true)
  assert.equal(isExcluded('/usr/share/doc/dpkg/copyright'), true)
  assert.equal(isExcluded('/usr/share/locale/de/LC_MESSAGES/dpkg.mo'), false)
  assert.equal(isExcluded('/usr/bin/dpkg'), false)
  assert.equal(isExcluded('/usr/share/docs'), false)
})

test('a host that makes no exceptions has no files about them', async () => {
  const { diversions, isExcluded } = await readExceptions('/nowhere')
  assert.deepEqual([diversions.size, isExcluded('/usr/bin/dpkg')], [0, false])
})

test('no text makes a parser throw, and a path is always fit by itself', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, path) => {
      parseDiversions(text)
      parseExclusions(text)(path)
    }),
  )
  const path = fc.stringMatching(/^\/[a-z0-9+.()[\]{}^$|-]{1,20}$/)
  fc.assert(fc.property(path, (one) => assert.ok(parseExclusions(`path-exclude=${one}\n`)(one))))
})
