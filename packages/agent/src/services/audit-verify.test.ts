import assert from 'node:assert/strict'
import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { BEGINNING, hashOf, isIntact, readRecord, seal } from './audit-chain.ts'
import { readHead, writeHead } from './audit-head.ts'
import { forged, logOf } from './audit-log.test.kit.ts'
import { verifyAudit } from './audit-verify.ts'

test('a log that nobody touched is whole', () => {
  const log = logOf(5)
  const { records, last, crashes, bad } = log.verify()
  assert.deepEqual([records, last?.seq, crashes, bad], [5, 5, [], null])
  assert.equal(log.record(1).prev_hash, BEGINNING.hash)
  assert.equal(log.record(2).prev_hash, log.record(1).hash)
})

test('an agent that starts again goes on with the chain', () => {
  const log = logOf(2)
  log.write(2)
  assert.deepEqual([log.verify().records, log.bad()], [4, null])
})

test('no log at all is no bad one', () => {
  const { records, bad } = logOf(0).verify()
  assert.deepEqual([records, bad], [0, null])
})

test('no two records can be spelt alike', () => {
  assert.notEqual(hashOf({ a: 'b', c: 'd' }), hashOf({ a: 'b,c:d' }))
  assert.notEqual(hashOf({ ab: 'c' }), hashOf({ a: 'bc' }))
  assert.notEqual(hashOf({ a: 1 }), hashOf({ a: '1' }))
  assert.notEqual(hashOf({ a: null }), hashOf({}))
  assert.equal(hashOf({ a: 1, b: 2 }), hashOf({ b: 2, a: 1 }))
})

/** What somebody does to the lines of a log of five, and the line that is named for it. */
const spoilt: Record<
  string,
  { do: (lines: string[], log: ReturnType<typeof logOf>) => string[]; bad: RegExp }
> = {
  'a value that was changed': {
    do: (lines) => lines.with(2, lines[2]!.replace('POST /2', 'POST /9')),
    bad: /^3 was changed/,
  },
  'a number that was changed': {
    do: (lines) => lines.with(2, lines[2]!.replace('"seq":3', '"seq":4')),
    bad: /^3 was changed/,
  },
  'a space that was put in': {
    do: (lines) => lines.with(2, lines[2]!.replace('"seq":3', '"seq": 3')),
    bad: /^3 is no record/,
  },
  'a second value of the same name': {
    do: (lines) => lines.with(2, lines[2]!.replace('{', '{"action":"GET /nice",')),
    bad: /^3 is no record/,
  },
  'a line that was replaced by a forged one': {
    do: (lines, log) => lines.with(2, forged(log.record(2))),
    bad: /^4 does not follow/,
  },
  'a line that was removed': {
    do: (lines) => lines.toSpliced(2, 1),
    bad: /^3 has the number 4 where 3 belongs: lines before it were removed/,
  },
  'the first line that was removed': {
    do: (lines) => lines.slice(1),
    bad: /^1 has the number 2: those before it are gone/,
  },
  'a line that was inserted': {
    do: (lines) => lines.toSpliced(2, 0, '{"event":"action"}'),
    bad: /^3 is no record/,
  },
  'an empty line that was inserted': {
    do: (lines) => lines.toSpliced(2, 0, ''),
    bad: /^3 is no record/,
  },
  'a line that is there twice': {
    do: (lines) => lines.toSpliced(3, 0, lines[2]!),
    bad: /^4 has the number 3 where 4 belongs, which came before: a line was inserted/,
  },
  'a forged line that was inserted': {
    do: (lines, log) => lines.toSpliced(2, 0, forged(log.record(2))),
    bad: /^4 has the number 3 where 4 belongs, which came before: a line was inserted/,
  },
  'two lines that changed places': {
    do: (lines) => lines.with(2, lines[3]!).with(3, lines[2]!),
    bad: /^3 has the number 4 where 3 belongs, which comes later: it was moved/,
  },
  'lines that were cut off the end': {
    do: (lines) => lines.slice(0, 3),
    bad: /^4 is missing: the lines up to number 5 were cut off/,
  },
  'all lines gone': {
    do: () => [],
    bad: /^1 is missing: the lines up to number 5 were cut off/,
  },
  'an end that was replaced by a forged one': {
    do: (lines, log) => lines.with(4, forged(log.record(4))),
    bad: /^6 follows another number 5/,
  },
  'a forged line at the end': {
    do: (lines, log) => [...lines, forged(log.record(5)).replace('forged', 'other')],
    bad: /^6 was changed/,
  },
}
for (const [what, { do: spoil, bad }] of Object.entries(spoilt))
  test(`${what} is found`, () => {
    const log = logOf(5)
    log.put(spoil(log.lines(), log))
    assert.match(log.bad() ?? '', bad)
  })

test('a last line that lost its end is found', () => {
  const log = logOf(3)
  truncateSync(log.file, log.read().length - 20)
  assert.match(log.bad() ?? '', /^3 ends in the middle: it was cut off/)
})

test('without the note of how far the log went its end is not believed', () => {
  const log = logOf(3)
  rmSync(log.head)
  assert.match(log.bad() ?? '', /^4 cannot be told to be the end/)
  writeFileSync(log.head, 'nonsense')
  assert.match(log.bad() ?? '', /^4 cannot be told to be the end/)
})

test('one file by itself is followed from its first line', () => {
  const log = logOf(5)
  log.put(log.lines().slice(2))
  const { records, bad } = verifyAudit([log.file], null)
  assert.deepEqual([records, bad], [3, null])
})

test('every record is read as it was written, whatever stands in it, and nothing that was changed is', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null))
  const name = fc.stringMatching(/^[a-z_]{1,10}$/).filter((one) => !OWN.includes(one))
  fc.assert(
    fc.property(fc.dictionary(name, value), fc.nat(), (fields, at) => {
      const { record, line } = seal(BEGINNING, '2026-01-02T03:04:05.000Z', {
        ...fields,
        event: 'action',
      })
      const read = readRecord(line.trimEnd())
      assert.deepEqual(read, record)
      assert.ok(read && isIntact(read))
      const place = at % (line.length - 1)
      const other = line[place] === 'x' ? 'y' : 'x'
      const changed = readRecord(line.slice(0, place) + other + line.slice(place + 1, -1))
      assert.ok(!changed || !isIntact(changed))
    }),
  )
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readRecord(text)))
})
const OWN = ['seq', 'at', 'event', 'prev_hash', 'hash']

test('the note of how far the log went comes back as it was written, and nothing else is one', () => {
  const file = logOf(0).head
  const hash = fc.stringMatching(/^[0-9a-f]{64}$/)
  fc.assert(
    fc.property(fc.nat(), hash, fc.string(), (seq, one, junk) => {
      writeFileSync(file, '')
      writeHead(file, { seq, hash: one })
      assert.deepEqual(readHead(file), { seq, hash: one })
      writeFileSync(file, junk)
      assert.equal(readHead(file), undefined)
    }),
    { numRuns: 30 },
  )
})
