import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { parseUpdated } from './dpkg-log.ts'
import { findReasons, restartsHost } from './reboot.ts'
import { installed } from './transaction.test.kit.ts'

const BOOT = '2026-11-20T12:00:00.000Z'
const KERNEL = '6.1.0-9-amd64'

function host(t: TestContext, files: string[] = [], texts: Record<string, string> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'apt-reboot-'))
  t.after(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'proc/1'), { recursive: true })
  writeFileSync(join(root, 'proc/stat'), `btime ${Date.parse(BOOT) / 1000}\n`)
  writeFileSync(join(root, 'proc/1/stat'), `1 (systemd) ${'0 '.repeat(21)}\n`)
  for (const path of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), '')
  }
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return { root, kernel: KERNEL }
}

const one = (name: string, installed_at: string | null = '2026-11-01T00:00:00.000Z') =>
  installed(name, { installed_at })
const OWN_KERNEL = `boot/vmlinuz-${KERNEL}`

test('a host that runs what it has installed needs no restart', async (t) => {
  const present = [
    one('bash'),
    one('libc6'),
    one(`linux-image-${KERNEL}`),
    one('linux-image-amd64'),
  ]
  assert.deepEqual(await findReasons(present, host(t, [OWN_KERNEL])), [])
})

test('the flag that other tools leave is believed', async (t) => {
  assert.deepEqual(await findReasons([], host(t, ['run/reboot-required'])), [
    'The host was told that a reboot is required.',
  ])
})

test('a newer kernel than the running one, by version and not by alphabet', async (t) => {
  const present = [one(`linux-image-${KERNEL}`), one('linux-image-6.1.0-44-amd64')]
  assert.deepEqual(await findReasons(present, host(t, [OWN_KERNEL])), [
    'The kernel 6.1.0-44-amd64 is installed, but 6.1.0-9-amd64 runs.',
  ])
})

test('a kernel that comes from no package is not compared, as in a container', async (t) => {
  assert.deepEqual(await findReasons([one('linux-image-6.1.0-44-amd64')], host(t)), [])
})

test('a kernel that was removed again is none', async (t) => {
  const removed = installed('linux-image-6.1.0-44-amd64', { status: 'residual' })
  const present = [removed, one(`linux-image-${KERNEL}`)]
  assert.deepEqual(await findReasons(present, host(t, [OWN_KERNEL])), [])
})

const LATE = '2026-11-21T00:00:00.000Z'
const log = (...lines: string[]) => ({
  'var/log/dpkg.log': lines.map((line) => `2026-11-21 01:00:00 ${line}\n`).join(''),
})

test('a C library that was replaced after the start', async (t) => {
  const upgrade = log('upgrade libc6:amd64 2.36-9 2.36-10', 'status installed libc6:amd64 2.36-10')
  const reasons = ['Updated since the host started: libc6.']
  assert.deepEqual(await findReasons([one('libc6', LATE)], host(t, [], upgrade)), reasons)
  assert.deepEqual(await findReasons([one('libc6', LATE)], host(t)), reasons)
  assert.deepEqual(await findReasons([one('bash', LATE)], host(t, [], upgrade)), [])
  assert.deepEqual(await findReasons([one('libc6', null)], host(t, [], upgrade)), [])
})

test('what came for the first time replaced nothing that runs', async (t) => {
  const first = log('install dbus:amd64 <none> 1.14')
  assert.deepEqual(await findReasons([one('dbus', LATE)], host(t, [], first)), [])
  const again = log('install dbus:amd64 <none> 1.14', 'upgrade dbus:amd64 1.14 1.15')
  assert.deepEqual(await findReasons([one('dbus', LATE)], host(t, [], again)), [
    'Updated since the host started: dbus.',
  ])
})

test('who asked for it is named once, and not again as an update', async (t) => {
  const wish = { 'run/reboot-required': '', 'run/reboot-required.pkgs': 'libc6\nlibc6\nlinux-x\n' }
  assert.deepEqual(await findReasons([one('libc6', LATE)], host(t, [], wish)), [
    'A reboot was asked for by libc6, linux-x.',
  ])
})

test('of each package the last that was done to it counts, and to install the same again is nothing', () => {
  const text = log(
    'upgrade a:amd64 1 2',
    'upgrade b:amd64 1 1',
    'upgrade c:amd64 1 2',
    'install c:amd64 1 2',
    'remove a:amd64 2 <none>',
  )['var/log/dpkg.log']
  assert.deepEqual(
    [...parseUpdated(text)],
    [
      ['a:amd64', true],
      ['c:amd64', false],
    ],
  )
  fc.assert(fc.property(fc.string(), (line) => void parseUpdated(line)))
})

test('only what cannot be restarted by itself restarts the host', () => {
  assert.deepEqual(
    ['libc6', 'libc6:i386', 'linux-image-6.1.0-44-amd64', 'systemd', 'intel-microcode'].filter(
      (name) => !restartsHost(name),
    ),
    [],
  )
  const others = ['libc6-dev', 'linux-libc-dev', 'systemd-container', 'dbus-x11', 'bash']
  assert.deepEqual(others.filter(restartsHost), [])
})
