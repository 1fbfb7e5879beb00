import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseOsv } from './osv.ts'

/** As Ubuntu publishes them, with what is not used here left out but for one list. */
const usn = {
  schema_version: '1.7.0',
  id: 'USN-7253-1',
  summary: 'openjdk-17 vulnerability',
  details: 'It was discovered that OpenJDK mishandled arrays.',
  upstream: ['UBUNTU-CVE-2025-21502'],
  published: '2025-02-05T04:26:03Z',
  affected: [
    {
      package: { ecosystem: 'Ubuntu:24.04:LTS', name: 'openjdk-17' },
      ranges: [
        { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '17.0.14+7-1~24.04' }] },
      ],
      versions: ['17.0.10+7-1', '17.0.11+9-1'],
      database_specific: {
        cves_map: {
          cves: [
            {
              id: 'CVE-2025-21502',
              severity: [
                { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:N' },
                { type: 'Ubuntu', score: 'medium' },
              ],
            },
          ],
        },
      },
    },
  ],
}
const record = (changes: object = {}) => ({ id: 'DSA-1-1', affected: [], ...changes })
const first = (changes: object) => parseOsv(JSON.stringify([record(changes)]))[0]
const rated = (...severity: object[]) => [
  { database_specific: { cves_map: { cves: [{ id: 'CVE-2025-1', severity }] } } },
]

test("a record as Ubuntu writes it: its sources, its holes, and Ubuntu's own priority", () => {
  assert.deepEqual(parseOsv(JSON.stringify([usn])), [
    {
      id: 'USN-7253-1',
      summary: 'openjdk-17 vulnerability',
      description: 'It was discovered that OpenJDK mishandled arrays.',
      published_at: '2025-02-05T04:26:03.000Z',
      cve_ids: ['CVE-2025-21502'],
      severity: 'medium',
      requires_reboot: false,
      affected: [
        {
          ecosystem: 'Ubuntu:24.04:LTS',
          source: 'openjdk-17',
          intervals: [{ introduced: '0', fixed: '17.0.14+7-1~24.04' }],
        },
      ],
    },
  ])
})

test('an array and a record on each line say the same', () => {
  const records = [record(), record({ id: 'DSA-2-1' })]
  const lines = records.map((one) => JSON.stringify(one)).join('\n\n')
  assert.deepEqual(parseOsv(`${lines}\n`), parseOsv(JSON.stringify(records)))
  assert.deepEqual(parseOsv(''), [])
})

test('what was withdrawn is not there', () => {
  assert.equal(first({ withdrawn: '2025-01-01T00:00:00Z' }), undefined)
})

test('a hole that came back has two intervals; one that nobody fixed has none', () => {
  const ranges = (events: object[]) => [
    { package: { ecosystem: 'Debian:12', name: 'a' }, ranges: [{ type: 'ECOSYSTEM', events }] },
  ]
  const intervals = (...events: object[]) =>
    first({ affected: ranges(events) })?.affected[0]?.intervals
  assert.deepEqual(
    intervals({ introduced: '0' }, { fixed: '1.2' }, { introduced: '2.0' }, { fixed: '2.3' }),
    [
      { introduced: '0', fixed: '1.2' },
      { introduced: '2.0', fixed: '2.3' },
    ],
  )
  assert.deepEqual(intervals({ introduced: '0' }), [])
})

test('commits are no versions', () => {
  const ranges = [{ type: 'GIT', events: [{ introduced: '0' }, { fixed: 'f00f' }] }]
  const affected = [{ package: { ecosystem: 'Debian:12', name: 'a' }, ranges }]
  assert.deepEqual(first({ affected })?.affected[0]?.intervals, [])
})

test('what the record says of itself counts for more than what is said of each hole', () => {
  const high = { type: 'Ubuntu', score: 'high' }
  const worst = { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }
  const severity = (changes: object) => first(changes)?.severity
  assert.equal(severity({ database_specific: { severity: 'LOW' }, severity: [worst] }), 'low')
  assert.equal(severity({ affected: rated(worst, high) }), 'high')
  assert.equal(severity({ affected: rated(worst) }), 'critical')
  assert.equal(
    severity({ affected: rated(high, { type: 'Ubuntu', score: 'critical' }) }),
    'critical',
  )
  assert.equal(severity({ severity: [worst] }), 'critical')
  assert.equal(severity({ affected: [{ ecosystem_specific: { urgency: 'unimportant' } }] }), 'low')
})

test('a severity that nobody names stays unknown', () => {
  for (const changes of [
    {},
    { database_specific: { severity: 'constructor' } },
    { database_specific: { severity: 7 } },
    { affected: [{ ecosystem_specific: { urgency: 'not yet assigned' } }] },
    { severity: [{ type: 'CVSS_V4', score: 'CVSS:4.0/AV:N' }] },
  ])
    assert.equal(first(changes)?.severity, null)
})

const refused: Record<string, string> = {
  'text that is no JSON': '[{',
  'an object that is no record': '{"a":1}',
  'a name that is no id': JSON.stringify([record({ id: '../../etc/passwd' })]),
  'an id of nothing': JSON.stringify([record({ id: '' })]),
  'a day that is none': JSON.stringify([record({ published: 'yesterday' })]),
  'a version with a space in it': JSON.stringify([
    record({
      affected: [
        {
          package: { ecosystem: 'Debian:12', name: 'a' },
          ranges: [{ type: 'ECOSYSTEM', events: [{ fixed: '1 0' }] }],
        },
      ],
    }),
  ]),
  'more names than anyone needs': JSON.stringify([
    record({ aliases: Array(2001).fill('CVE-2025-1') }),
  ]),
  'a description without an end': JSON.stringify([record({ details: 'a'.repeat(70_000) })]),
}
for (const [what, text] of Object.entries(refused))
  test(`refused: ${what}`, () => assert.throws(() => parseOsv(text)))

test('a record may be as deep as it likes where nobody looks', () => {
  const depth = 100_000
  const deep = '['.repeat(depth) + ']'.repeat(depth)
  assert.equal(parseOsv(`[{"id":"DSA-1-1","database_specific":{"x":${deep}}}]`)[0]?.id, 'DSA-1-1')
})

test('whatever stands in a record, it is read or refused in words', () => {
  const shape = fc.record({
    id: fc.constant('DSA-1-1'),
    aliases: fc.jsonValue(),
    affected: fc.array(fc.oneof(fc.jsonValue(), fc.record({ package: fc.jsonValue() }))),
    severity: fc.jsonValue(),
    database_specific: fc.jsonValue(),
  })
  fc.assert(
    fc.property(shape, (value) => {
      try {
        assert.equal(parseOsv(JSON.stringify([value])).length, 1)
      } catch (error) {
        assert.match(String(error), /is not as OSV has it/)
      }
    }),
  )
})
