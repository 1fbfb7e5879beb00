import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseBootTime, readBootTime } from './boot-time.ts'
import { newFolder } from './folder.test.kit.ts'

const captured = (name: string) =>
  readFileSync(new URL(`captured/${name}.txt`, import.meta.url), 'utf8')
const kernel = captured('debian-12-stat')
const container = captured('container-process-1')

test('what the kernel does not say is not guessed', () => {
  assert.equal(parseBootTime('cpu 1 2 3\n', container), null)
  for (const text of ['', '1 (init)', container.replace(/ 656031 /, ' x '), '1 (init) S 0 1'])
    assert.equal(parseBootTime(kernel, text), null)
})

test('a container started when its process 1 did, which may be called anything', () => {
  assert.match(container, /^1 \(a \(b\) c\) R /)
  assert.equal(parseBootTime(kernel, container), 1_795_343_593 + 6560.31)
})

test('a host started with its kernel', () =>
  assert.equal(parseBootTime(kernel, container.replace(' 656031 ', ' 1 ')), 1_795_343_593.01))

test('when somebody first looked into /proc/1 does not matter', () => {
  const root = newFolder()
  mkdirSync(join(root, 'proc/1'), { recursive: true })
  writeFileSync(join(root, 'proc/stat'), kernel)
  writeFileSync(join(root, 'proc/1/stat'), container)
  utimesSync(join(root, 'proc/1'), 1, 1)
  assert.equal(readBootTime(root)?.toISOString(), '2026-11-22T12:22:33.310Z')
})

test('this very host has started in the past', () => {
  const booted = readBootTime()
  assert.ok(booted && booted.getTime() <= Date.now())
})

test('a start is read whatever its process is called, and no text makes it throw', () => {
  const seconds = fc.nat(2_000_000_000)
  fc.assert(
    fc.property(seconds, fc.nat(), fc.string(), (btime, ticks, name) => {
      const fields = ['S', ...Array.from({ length: 18 }, () => '0'), ticks, '0']
      const process = `1 (${name}) ${fields.join(' ')}\n`
      assert.equal(parseBootTime(`cpu 1\nbtime ${btime}\n`, process), btime + ticks / 100)
    }),
  )
  fc.assert(fc.property(fc.string(), fc.string(), (one, other) => void parseBootTime(one, other)))
})
