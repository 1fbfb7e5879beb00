import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { captured } from './captured.test.kit.ts'
import { parseChangelog } from './changelog.ts'

test("Debian's changelogs tell versions, urgency, holes and days", () => {
  const entries = parseChangelog(captured('debian-12-changelog'))
  assert.deepEqual(entries.slice(0, 2), [
    {
      source: 'krb5',
      version: '1.20.1-2+deb12u5',
      urgency: 'high',
      cve_ids: ['CVE-2026-40355', 'CVE-2026-40356'],
      published_at: '2026-05-10T07:23:58.000Z',
    },
    {
      source: 'krb5',
      version: '1.20.1-2+deb12u4',
      urgency: 'medium',
      cve_ids: ['CVE-2025-3576'],
      published_at: '2025-05-07T17:06:22.000Z',
    },
  ])
})

test("so do Ubuntu's, where a hole is named many times", () => {
  const [first] = parseChangelog(captured('ubuntu-24.04-changelog'))
  assert.equal(first?.version, '3.0.13-0ubuntu3.16')
  assert.deepEqual(first?.cve_ids.slice(0, 2), ['CVE-2026-35189', 'CVE-2026-54872'])
})

test('a day that cannot be read is not known', () => {
  const [one] = parseChangelog('a (1) x; urgency=LOW\n\n -- A <a@b>  Some day\n')
  assert.deepEqual([one?.urgency, one?.published_at], ['low', null])
})

test('what was written before the first version belongs to none', () => {
  assert.deepEqual(parseChangelog(''), [])
  assert.deepEqual(
    parseChangelog('CVE-2025-1234\n -- A <a@b>  Sun, 10 May 2026 09:23:58 +0200\n'),
    [],
  )
})

test('entries come back as they were written', () => {
  const cve = fc.tuple(
    fc.integer({ min: 1999, max: 2100 }),
    fc.integer({ min: 1000, max: 99_999_999 }),
  )
  const entry = fc.record({
    version: fc.stringMatching(/^(\d:)?\d[\w.+~-]{0,12}$/),
    urgency: fc.constantFrom('low', 'medium', 'high', 'critical', 'emergency'),
    cves: fc.uniqueArray(
      cve.map(([year, number]) => `CVE-${year}-${number}`),
      { maxLength: 4 },
    ),
    day: fc.date({ min: new Date('1995-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
  })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), (written) => {
      const text = written
        .map(
          ({ version, urgency, cves, day }) =>
            `openssl (${version}) unstable; urgency=${urgency}\n\n` +
            `  * Fix ${cves.join(', ')}\n\n -- A B <a@b.example>  ${day.toUTCString()}\n`,
        )
        .join('\n')
      assert.deepEqual(
        parseChangelog(text).map(({ version, urgency, cve_ids }) => [version, urgency, cve_ids]),
        written.map(({ version, urgency, cves }) => [version, urgency, cves]),
      )
    }),
  )
})

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseChangelog(text)))
})
