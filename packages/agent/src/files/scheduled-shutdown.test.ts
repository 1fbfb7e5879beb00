import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { newFolder } from './folder.test.kit.ts'
import { parseScheduledShutdown, readScheduledShutdown } from './scheduled-shutdown.ts'

const TEXT = 'USEC=1795359662507125\nWARN_WALL=1\nMODE=reboot\nUID=0\n'

test('a shutdown that somebody has scheduled is found where systemd keeps it', () => {
  const root = newFolder()
  assert.equal(readScheduledShutdown(root), null)
  mkdirSync(join(root, 'run/systemd/shutdown'), { recursive: true })
  writeFileSync(join(root, 'run/systemd/shutdown/scheduled'), TEXT)
  assert.deepEqual(readScheduledShutdown(root), {
    mode: 'reboot',
    at: new Date('2026-11-22T15:01:02.507Z'),
  })
})

test('a warning without a shutdown, and half a file, are none', () => {
  for (const text of [TEXT.replace('=reboot', '=dry-reboot'), 'USEC=1795359662507125\n', ''])
    assert.equal(parseScheduledShutdown(text), null)
})

test('every moment and kind comes back as it was written, among lines about other things', () => {
  const mode = fc.constantFrom('reboot', 'poweroff', 'halt', 'kexec', 'soft-reboot')
  const moment = fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true })
  const others = fc.array(fc.stringMatching(/^[A-Z]{5,9}=\w*$/))
  fc.assert(
    fc.property(mode, moment, others, (kind, at, more) => {
      const lines = [`USEC=${at.getTime()}000`, ...more, `MODE=${kind}`]
      assert.deepEqual(parseScheduledShutdown(lines.join('\n')), { mode: kind, at })
    }),
  )
})

test('no text makes it throw', () =>
  fc.assert(fc.property(fc.string(), (text) => void parseScheduledShutdown(text))))
