import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { lockHolder, parseLocks } from './lock-holder.ts'

/** A host with the two locks of dpkg; `line` is one of /proc/locks as it was captured during a transaction. */
function host(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'apt-locks-'))
  t.after(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true })
  const path = (name: string) => join(root, 'var/lib/dpkg', name)
  for (const name of ['lock-frontend', 'lock', 'other']) writeFileSync(path(name), '')

  const line = (pid: number, name: string, kind = 'POSIX  ADVISORY  WRITE') =>
    `1: ${kind} ${pid} 00:62:${statSync(path(name)).ino} 0 EOF\n`
  const start = (pid: number, comm: string, open: string) => {
    mkdirSync(join(root, `proc/${pid}/fd`), { recursive: true })
    writeFileSync(join(root, `proc/${pid}/comm`), `${comm}\n`)
    symlinkSync(path(open), join(root, `proc/${pid}/fd/4`))
  }
  const locks = (text: string) => {
    mkdirSync(join(root, 'proc'), { recursive: true })
    writeFileSync(join(root, 'proc/locks'), text)
  }
  return { root, line, start, locks }
}

test('the holder is named as a person would look for it', async (t) => {
  const { root, line, start, locks } = host(t)
  start(2301, 'unattended-upgr', 'lock-frontend')
  locks(`2: OFDLCK ADVISORY  WRITE -1 fe:00:1548565 0 EOF\n${line(2301, 'lock-frontend')}`)
  assert.equal(await lockHolder(root), 'unattended-upgr (pid 2301)')
})

test('of apt and the dpkg it started, apt is the one', async (t) => {
  const { root, line, start, locks } = host(t)
  start(1570, 'dpkg', 'lock')
  start(1549, 'apt-get', 'lock-frontend')
  locks(`${line(1570, 'lock')}${line(1549, 'lock-frontend')}`)
  assert.equal(await lockHolder(root), 'apt-get (pid 1549)')
})

test('free locks have no holder', async (t) => {
  const { root, locks } = host(t)
  locks('')
  assert.equal(await lockHolder(root), null)
})

test('a lock on another file is no lock on the package database', async (t) => {
  const { root, line, start, locks } = host(t)
  start(7, 'sqlite', 'other')
  locks(line(7, 'other'))
  assert.equal(await lockHolder(root), null)
})

test('a file of the same number on another file system is another file', async (t) => {
  const { root, line, start, locks } = host(t)
  start(7, 'postgres', 'other')
  locks(line(7, 'lock-frontend'))
  assert.equal(await lockHolder(root), null)
})

test('whoever waits for the lock, or only reads it, does not hold it', async (t) => {
  const { root, line, start, locks } = host(t)
  start(7, 'apt-get', 'lock-frontend')
  locks(
    line(7, 'lock-frontend', '-> POSIX  ADVISORY  WRITE') +
      line(7, 'lock-frontend', 'POSIX  ADVISORY  READ ') +
      line(7, 'lock-frontend', 'FLOCK  ADVISORY  WRITE'),
  )
  assert.equal(await lockHolder(root), null)
})

test('a holder that cannot be looked into is believed', async (t) => {
  const { root, line, locks } = host(t)
  locks(line(99, 'lock-frontend'))
  assert.equal(await lockHolder(root), 'a process (pid 99)')
})

test('locks that are held for writing come back as they were printed, and no others', () => {
  const lock = fc.record({
    kind: fc.constantFrom(
      'POSIX  ADVISORY  WRITE',
      'FLOCK  ADVISORY  WRITE',
      'POSIX  ADVISORY  READ ',
    ),
    waits: fc.boolean(),
    pid: fc.nat().map(String),
    inode: fc.nat().map(String),
  })
  fc.assert(
    fc.property(fc.array(lock), (locks) => {
      const lines = locks.map(
        ({ kind, waits, pid, inode }, at) =>
          `${at}: ${waits ? '-> ' : ''}${kind} ${pid} 00:1f:${inode} 0 EOF\n`,
      )
      const held = locks.filter(({ kind, waits }) => kind === 'POSIX  ADVISORY  WRITE' && !waits)
      assert.deepEqual(
        parseLocks(lines.join('')),
        held.map(({ pid, inode }) => ({ pid, inode })),
      )
    }),
  )
})

test('no text makes the parser throw', () =>
  fc.assert(fc.property(fc.string(), (text) => void parseLocks(text))))
