import assert from 'node:assert/strict'
import { test } from 'node:test'
import { installedInLab, captured } from './captured.test.kit.ts'
import { hostWith } from './host.test.kit.ts'
import { nevraOf, type Installed } from './installed.ts'
import { findReasons, restartsHost, wantedReboots } from './reboot.ts'
import { parseUpdateinfo } from './updateinfo.ts'

const BOOT = '2026-11-20T12:00:00.000Z'
const [BEFORE, AFTER] = ['2026-11-01T00:00:00.000Z', '2026-11-21T00:00:00.000Z']
const [pattern = assert.fail()] = installedInLab()

const one = (plain: string, installed_at: string, version = '1.0-1'): Installed => ({
  ...pattern,
  name: plain,
  plain,
  version,
  installed_at,
  architecture: 'x86_64',
})

/** All of it took the place of an older version, unless said otherwise. */
function reasons(installed: Installed[], more: Partial<Parameters<typeof findReasons>[1]> = {}) {
  const { root } = hostWith({
    'proc/stat': `btime ${Date.parse(BOOT) / 1000}\n`,
    'proc/1/stat': `1 (systemd) ${'0 '.repeat(21)}\n`,
    'etc/dnf/plugins/needs-restarting.d/ours.conf': 'postgresql-server\n',
  })
  const host = { root, kernel: 'container', replaced: installed.map(nevraOf), wanted: [] }
  return findReasons(installed, { ...host, ...more })
}

test('a library that is newer than the boot wants one, an older or a new one does not', async () => {
  assert.deepEqual(await reasons([one('glibc', BEFORE), one('bash', AFTER)]), [])
  assert.deepEqual(await reasons([one('glibc', AFTER)], { replaced: [] }), [])
  assert.deepEqual(await reasons([one('glibc', AFTER), one('systemd', AFTER)]), [
    'Updated since the host started: glibc, systemd.',
  ])
})

test('what an administrator or an advisory names wants one too', async () => {
  assert.deepEqual(await reasons([one('postgresql-server', AFTER)]), [
    'Updated since the host started: postgresql-server.',
  ])
  const wanted = wantedReboots(new Map([['lab', parseUpdateinfo(captured('lab-updateinfo.xml'))]]))
  const at = (version: string) => reasons([one('lab-kernelish', AFTER, version)], { wanted })
  assert.deepEqual(await at('2.0-1'), ['Updated since the host started: lab-kernelish.'])
  assert.deepEqual(await at('1.0-1'), [])
})

test('a newer kernel wants one only where the one that runs is of a package', async () => {
  const kernels = ['5.14.0-427.el9', '5.14.0-503.el9'].map((it) => one('kernel-core', BEFORE, it))
  assert.deepEqual(await reasons(kernels, { kernel: '5.14.0-427.el9.x86_64' }), [
    'The kernel 5.14.0-503.el9.x86_64 is installed, but 5.14.0-427.el9.x86_64 runs.',
  ])
  assert.deepEqual(await reasons(kernels, { kernel: '5.14.0-503.el9.x86_64' }), [])
  assert.deepEqual(await reasons(kernels, { kernel: '6.1.0-cloud' }), [])
})

test('a library of 32 bits is the same library', () => {
  assert.deepEqual(['glibc:i686', 'glibc-common', 'kernel-core'].map(restartsHost), [
    true,
    false,
    true,
  ])
})
