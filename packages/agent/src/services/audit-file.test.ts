import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs'
import { test } from 'node:test'
import { readRecord, sha256 } from './audit-chain.ts'
import { LARGEST_FILE, OLD_FILES } from './audit-file.ts'
import { logOf } from './audit-log.test.kit.ts'
import { verifyAudit } from './audit-verify.ts'

test('log and note are for root alone', () => {
  const log = logOf(1)
  assert.equal(statSync(log.file).mode & 0o777, 0o600)
  assert.equal(statSync(log.head).mode & 0o777, 0o600)
})

test('what need not be kept at once is noted with the next that must', () => {
  const log = logOf(1)
  const writer = log.open()
  writer.write({ event: 'refused' }, { keep: false })
  assert.match(readFileSync(log.head, 'utf8'), /^0{15}1 /)
  writer.write({ event: 'action' }, { keep: true })
  assert.match(readFileSync(log.head, 'utf8'), /^0{15}3 /)
  writer.close()
})

test('a crash in the middle of a line is recorded at the next start, and its traces stay', () => {
  const log = logOf(2)
  appendFileSync(log.file, '{"seq":3,"at":"2026')
  log.write(1)
  assert.equal(log.lines()[2], '{"seq":3,"at":"2026')
  const { event, bytes, sha256: hash, seq } = log.record(4)
  assert.deepEqual([event, bytes, hash, seq], ['cut_short', 19, sha256('{"seq":3,"at":"2026'), 3])

  const { records, crashes, bad } = log.verify()
  assert.deepEqual([records, bad, crashes.map(({ line }) => line)], [4, null, [3]])
})

test('a line that lost nothing but its end was cut short too', () => {
  const log = logOf(1)
  const writer = log.open()
  writer.write({ event: 'refused' }, { keep: false })
  truncateSync(log.file, log.read().length - 1)
  log.open().start()
  assert.equal(log.record(3).event, 'cut_short')
  assert.equal(log.bad(), null)
})

test('a crash is not a cover for what was changed before it', () => {
  const log = logOf(2)
  appendFileSync(log.file, '{"seq":3')
  log.write(1)
  log.put(log.lines().with(2, '{"seq":9'))
  assert.match(log.bad() ?? '', /^3 is no record/)
})

test('lines that were cut off while the agent was away stay missed, whatever it writes', () => {
  const log = logOf(5)
  log.put(log.lines().slice(0, 3))
  log.write(2)
  assert.deepEqual([log.record(4).event, log.record(4).seq], ['chain_broken', 6])
  assert.match(log.bad() ?? '', /^4 has the number 6 where 4 belongs/)
})

test('a log that was taken away altogether is missed', () => {
  const log = logOf(3)
  rmSync(log.file)
  log.write(1)
  assert.deepEqual([log.record(1).event, log.record(1).seq], ['chain_broken', 4])
  assert.match(log.bad() ?? '', /^1 says that the agent found the end of its log cut off/)
})

test('a note that was taken away is recorded, and the record is a bad line for ever', () => {
  const log = logOf(3)
  rmSync(log.head)
  log.write(1)
  assert.match(log.bad() ?? '', /^4 says that the agent found no note/)
})

test('lines that are none are recorded at the next start', () => {
  const log = logOf(2)
  appendFileSync(log.file, 'root was here\n')
  log.write(1)
  assert.equal(log.record(4).event, 'damage_found')
  assert.match(log.bad() ?? '', /^3 is no record/)
})

test('what is written into the file beside the running agent is recorded with its next line', () => {
  const log = logOf(0)
  const writer = log.open()
  writer.write({ event: 'action' }, { keep: true })
  appendFileSync(log.file, 'root was here\n')
  writer.write({ event: 'action' }, { keep: true })
  writer.close()
  assert.deepEqual(
    log.lines().map((line) => readRecord(line)?.event),
    ['action', undefined, 'damage_found', 'action'],
  )
})

test('a file that has grown large is turned over, and the new one follows the old', () => {
  const log = logOf(0)
  const writer = log.open()
  const fill = 'x'.repeat(LARGEST_FILE / 2)
  for (let count = 0; count < 3; count += 1)
    writer.write({ event: 'action', fill }, { keep: false })
  writer.close()
  assert.equal(log.lines().length, 1)
  const last = readRecord(readFileSync(`${log.file}.1`, 'utf8').trimEnd().split('\n').at(-1) ?? '')
  assert.equal(log.record(1).prev_hash, last?.hash)
  assert.deepEqual([log.verify().records, log.bad()], [3, null])
})

/** A log of so many files, one line in each. */
function turnedOver(files: number) {
  const log = logOf(0)
  const writer = log.open()
  const fill = 'x'.repeat(LARGEST_FILE)
  for (let count = 0; count < files; count += 1)
    writer.write({ event: 'action', fill }, { keep: false })
  writer.close()
  return log
}

test('the oldest files go, and what is left is whole', () => {
  const log = turnedOver(OLD_FILES + 3)
  assert.equal(existsSync(`${log.file}.${OLD_FILES + 1}`), false)
  assert.deepEqual([log.verify().records, log.bad()], [OLD_FILES + 1, null])
})

test('a log of which no file is left is named', () => {
  const log = logOf(2)
  rmSync(log.file)
  const { bad } = log.verify()
  assert.deepEqual([bad?.file, bad?.line], [log.file, 1])
  assert.match(bad?.why ?? '', /^is missing: the lines up to number 2 were cut off/)
})

test('a file that is missing is found, in the middle and at the beginning', () => {
  const log = turnedOver(4)
  renameSync(`${log.file}.2`, `${log.file}.aside`)
  assert.match(
    log.bad() ?? '',
    /^1 has the number 4 where 3 belongs|^1 has the number 3 where 2 belongs/,
  )
  renameSync(`${log.file}.aside`, `${log.file}.2`)
  rmSync(`${log.file}.3`)
  assert.match(log.bad() ?? '', /^1 has the number 2: those before it are gone/)
})

test('a crash between turning over and the next line goes on from the old file', () => {
  const log = logOf(3)
  renameSync(log.file, `${log.file}.1`)
  log.write(1)
  assert.deepEqual([log.record(1).seq, log.bad()], [4, null])
  assert.equal(verifyAudit([log.file], null).bad, null)
})
