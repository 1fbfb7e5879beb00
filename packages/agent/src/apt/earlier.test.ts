import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { newFolder } from '../files/folder.test.kit.ts'
import { captured, installedOn } from './captured.test.kit.ts'
import { earlierSources, earlierVersions, parseEarlier } from './earlier.ts'

const LINE = '2026-01-02 03:04:05 upgrade bash:amd64 5.2-1+b1 5.2-2\n'

test('what a package was before is what dpkg has upgraded it from', () => {
  const earlier = parseEarlier(captured('debian-12-dpkg-log'))
  assert.deepEqual(earlier.get('libsystemd0:amd64'), ['252.36-1~deb12u1'])
})

test('a source is known from those days only if it is numbered as its package is', () => {
  const [bash] = installedOn('debian-13').filter(({ name }) => name === 'bash')
  assert.ok(bash)
  const earlier = parseEarlier(LINE)
  const now = (version: string, source_version: string) =>
    earlierSources(earlier, { ...bash, version, source_version })
  assert.deepEqual(now('5.2-2', '5.2-2'), ['5.2-1'])
  assert.deepEqual(now('5.2-2+b3', '5.2-2'), ['5.2-1'])
  assert.deepEqual(now('1:7', '5.2-2'), [])
  assert.deepEqual(earlierSources(earlier, { ...bash, architecture: 'i386' }), [])
})

test("this month's log and the last one's are read, and read again when they grow", async () => {
  const root = newFolder()
  const ask = earlierVersions(root)
  assert.equal((await ask()).size, 0)

  mkdirSync(join(root, 'var/log'), { recursive: true })
  writeFileSync(join(root, 'var/log/dpkg.log.1'), LINE.replace('5.2-1+b1', '5.1'))
  writeFileSync(join(root, 'var/log/dpkg.log'), LINE)
  assert.deepEqual((await ask()).get('bash:amd64'), ['5.1', '5.2-1+b1'])
  assert.equal(await ask(), await ask())

  appendFileSync(join(root, 'var/log/dpkg.log'), LINE.replace('bash', 'curl'))
  assert.ok((await ask()).has('curl:amd64'))
})

test('of every line that is an upgrade the earlier version is kept, and no other line makes it throw', () => {
  const word = fc.stringMatching(/^[a-z0-9.+~-]{1,12}$/)
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, word)), fc.string(), (upgrades, noise) => {
      const lines = upgrades.map(
        ([name, before, after]) => `2026-01-02 03:04:05 upgrade ${name}:amd64 ${before} ${after}`,
      )
      const earlier = parseEarlier(`${lines.join('\n')}\n#${noise}`)
      assert.deepEqual(
        [...earlier.values()].flat().toSorted(),
        upgrades.map(([, before]) => before).toSorted(),
      )
    }),
  )
})
