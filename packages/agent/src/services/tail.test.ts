import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { readLines } from './tail.ts'
import { harmless, nameSome } from './text.ts'

function newFile() {
  const folder = mkdtempSync(join(tmpdir(), 'agent-tail-'))
  const path = join(folder, 'output.log')
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

test('a file that is not there yet has no lines', async () => {
  using file = newFile()
  assert.deepEqual(await readLines(file.path, 0, false), { lines: [], offset: 0 })
})

test('a line that is still being written waits until it is whole, or is the last', async () => {
  using file = newFile()
  writeFileSync(file.path, 'one\r\ntw')
  const first = await readLines(file.path, 0, false)
  assert.deepEqual(first, { lines: ['one'], offset: 5 })
  assert.deepEqual((await readLines(file.path, first.offset, true)).lines, ['tw'])
  appendFileSync(file.path, 'o\n')
  assert.deepEqual(await readLines(file.path, first.offset, false), { lines: ['two'], offset: 9 })
})

test('a letter of several bytes is never cut in two', async () => {
  using file = newFile()
  const bytes = Buffer.from('é\n')
  writeFileSync(file.path, bytes.subarray(0, 1))
  assert.deepEqual((await readLines(file.path, 0, false)).lines, [])
  appendFileSync(file.path, bytes.subarray(1))
  assert.deepEqual((await readLines(file.path, 0, false)).lines, ['é'])
})

const numbered = (from: number, to: number, text = '') =>
  Array.from({ length: to - from }, (_, at) => `${from + at}${text}\n`).join('')

test('of a flood only the beginning and the end are read, and how much was not is said', async () => {
  using file = newFile()
  const text = numbered(0, 60_000, 'x'.repeat(94))
  writeFileSync(file.path, text)
  const { lines, offset } = await readLines(file.path, 0, false)
  assert.match(lines[0] ?? '', /^0x/)
  assert.match(lines.at(-1) ?? '', /^59999x/)
  const gap = lines.findIndex((line) => line.startsWith('('))
  assert.equal(lines[gap], `(${text.length - 256 * 1024} bytes of output were left out)`)
  assert.ok(gap > 1000 && lines.length < 3000, `${gap} of ${lines.length}`)
  assert.equal(offset, text.length)
})

test('of many short lines the middle is left out, and how many is said', async () => {
  using file = newFile()
  writeFileSync(file.path, numbered(0, 5000))
  const { lines } = await readLines(file.path, 0, false)
  assert.equal(lines.length, 2001)
  assert.deepEqual(
    [lines[0], lines[999], lines[1000], lines[1001], lines[2000]],
    ['0', '999', '(3000 lines of output were left out)', '4000', '4999'],
  )
})

test('a line without an end is not waited for for ever', async () => {
  using file = newFile()
  writeFileSync(file.path, 'x'.repeat(100_000))
  assert.equal((await readLines(file.path, 0, false)).lines.length, 1)
})

test('text that could harm a terminal or a reader is made plain', () => {
  const cases = [
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['a\u0000b\u0007c\u009bd', 'a\ufffdb\ufffdc\ufffdd'],
    ['bell\rover', 'bell\ufffdover'],
    ['a\tb', 'a b'],
    ['abc\u202edef', 'abc\ufffddef'],
    ['lone \ud800 half', 'lone \ufffd half'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['x'.repeat(5000), `${'x'.repeat(2000)}…`],
  ] as const
  for (const [text, plain] of cases) assert.equal(harmless(text), plain)
})

test('of many names only the first are said', () => {
  assert.equal(nameSome(['a', 'b', 'c'], 2), 'a, b and 1 more')
  assert.equal(nameSome(['a', 'b']), 'a, b')
})

test('a file that grows piece by piece is read as if it had come at once', async () => {
  const line = fc.stringMatching(/^[!-~][ -~]{0,20}$/)
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(200)), async (lines, cuts) => {
      using file = newFile()
      const text = lines.map((one) => `${one}\n`).join('')
      const places = [
        ...cuts.filter((at) => at < text.length).toSorted((a, b) => a - b),
        text.length,
      ]
      const found: string[] = []
      let [offset, start] = [0, 0]
      for (const end of places) {
        appendFileSync(file.path, text.slice(start, end))
        start = end
        const read = await readLines(file.path, offset, false)
        offset = read.offset
        found.push(...read.lines)
      }
      assert.deepEqual(found, lines)
    }),
    { numRuns: 40 },
  )
})

test('whatever a script prints, what is left is one line of bounded length that stays as it is', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ minLength: 3000 })),
      (text) => {
        const plain = harmless(text)
        assert.ok(plain.length <= 2001)
        assert.ok(plain.isWellFormed())
        assert.doesNotMatch(plain, /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
        assert.equal(harmless(plain), plain)
      },
    ),
  )
})
