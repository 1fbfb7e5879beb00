import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Installed } from './installed.ts'
import { needsReboot, restartsHost } from './reboot.ts'

const BOOT = '2026-11-20T12:00:00.000Z'
const KERNEL = '6.1.0-9-amd64'

function host(t: TestContext, files: string[] = []) {
  const root = mkdtempSync(join(tmpdir(), 'apt-reboot-'))
  t.after(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'proc/1'), { recursive: true })
  writeFileSync(join(root, 'proc/stat'), `btime ${Date.parse(BOOT) / 1000}\n`)
  writeFileSync(join(root, 'proc/1/stat'), `1 (systemd) ${'0 '.repeat(21)}\n`)
  for (const path of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), '')
  }
  return { root, kernel: KERNEL }
}

const one = (
  name: string,
  installed_at: string | null = '2026-11-01T00:00:00.000Z',
): Installed => ({
  name,
  version: '1',
  architecture: 'amd64',
  status: 'installed',
  held: false,
  half_unpacked: false,
  size_bytes: null,
  installed_at,
  maintainer: null,
  homepage: null,
  source: name,
  source_version: '1',
  pre_depends: '',
  depends: '',
  provides: '',
  description: '',
})
const OWN_KERNEL = `boot/vmlinuz-${KERNEL}`

test('a host that runs what it has installed needs no restart', async (t) => {
  const installed = [
    one('bash'),
    one('libc6'),
    one(`linux-image-${KERNEL}`),
    one('linux-image-amd64'),
  ]
  assert.equal(await needsReboot(installed, host(t, [OWN_KERNEL])), false)
})

test('the flag that other tools leave is believed', async (t) => {
  assert.equal(await needsReboot([], host(t, ['run/reboot-required'])), true)
})

test('a newer kernel than the running one, by version and not by alphabet', async (t) => {
  const installed = [one(`linux-image-${KERNEL}`), one('linux-image-6.1.0-44-amd64')]
  assert.equal(await needsReboot(installed, host(t, [OWN_KERNEL])), true)
})

test('a kernel that comes from no package is not compared, as in a container', async (t) => {
  assert.equal(await needsReboot([one('linux-image-6.1.0-44-amd64')], host(t)), false)
})

test('a kernel that was removed again is none', async (t) => {
  const removed: Installed = { ...one('linux-image-6.1.0-44-amd64'), status: 'residual' }
  const installed = [removed, one(`linux-image-${KERNEL}`)]
  assert.equal(await needsReboot(installed, host(t, [OWN_KERNEL])), false)
})

test('a C library that came after the start', async (t) => {
  assert.equal(await needsReboot([one('libc6', '2026-11-21T00:00:00.000Z')], host(t)), true)
  assert.equal(await needsReboot([one('bash', '2026-11-21T00:00:00.000Z')], host(t)), false)
  assert.equal(await needsReboot([one('libc6', null)], host(t)), false)
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
