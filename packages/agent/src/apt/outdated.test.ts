import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { TransactionChange } from '@linux-patch/shared/transaction'
import fc from 'fast-check'
import { findServicesOf, parseService, runsReplaced } from '../files/running-services.ts'
import { byName, installed } from './transaction.test.kit.ts'
import { findAffected, findOutdated, parseNeedrestart } from './outdated.ts'

const SOUND = '7f2c4a028000-7f2c4a17d000 r-xp 00028000 fe:00 1050345    /usr/lib/x/libc.so.6\n'
const REPLACED = SOUND.replace('\n', ' (deleted)\n')
const GETTY = '/system.slice/system-getty.slice/getty@tty1.service'
const HYBRID = (path: string) => `9:name=systemd:${path}\n8:pids:/\n0::${path}\n`

const change = (name: string, version_before: string | null): TransactionChange => ({
  name,
  action: version_before === null ? 'install' : 'upgrade',
  version_before,
  version_planned: '2.0',
  download_bytes: 0,
  origins: [],
  security: false,
})

function host(t: TestContext, processes: Record<string, { maps: string; service: string }>) {
  const root = mkdtempSync(join(tmpdir(), 'apt-outdated-'))
  t.after(() => rmSync(root, { recursive: true }))
  const all = { 1: { maps: REPLACED, service: '/init.scope' }, ...processes }
  for (const [pid, { maps, service }] of Object.entries(all)) {
    mkdirSync(join(root, 'proc', pid), { recursive: true })
    writeFileSync(join(root, 'proc', pid, 'maps'), maps)
    writeFileSync(join(root, 'proc', pid, 'cgroup'), HYBRID(service))
  }
  const asked: string[][] = []
  const answer = { exitCode: 0, stdout: '', stderr: '' }
  const run = async (program: string, args: string[]) => (asked.push([program, ...args]), answer)
  return { root, run, asked, answer }
}

test('the services whose processes run what is not there any more', async (t) => {
  const found = await findOutdated(
    host(t, {
      20: { maps: `${SOUND}${REPLACED}`, service: '/system.slice/dbus.service' },
      21: { maps: REPLACED, service: '/system.slice/dbus.service' },
      22: { maps: SOUND, service: '/system.slice/cron.service' },
      23: { maps: REPLACED, service: '/user.slice/user-0.slice/session-1.scope' },
    }),
  )
  assert.deepEqual(found, ['dbus.service'])
})

test('the services whose processes run files of what is to be replaced', async (t) => {
  const { root } = host(t, {
    20: { maps: SOUND, service: '/system.slice/dbus.service' },
    21: { maps: SOUND.replace('r-xp', 'r--p'), service: '/system.slice/reads.service' },
    22: { maps: SOUND.replace('/usr/lib/x/libc.so.6', '/usr/bin/python3'), service: GETTY },
    23: { maps: SOUND, service: '/user.slice/user-0.slice/session-1.scope' },
  })
  const libc = ['/lib/x/libc.so.6']
  const units = ['/usr/lib/systemd/system/getty@.service']
  const find = (files: string[]) => findServicesOf(join(root, 'proc'), files)
  assert.deepEqual(await find(libc), ['dbus.service'])
  assert.deepEqual(await find(units), ['getty@tty1.service'])
  assert.deepEqual(await find([...libc, ...units]), ['dbus.service', 'getty@tty1.service'])
  assert.deepEqual(await find(['/usr/share/doc/x']), [])
  assert.equal(await findServicesOf('/nowhere', libc), null)

  const info = join(root, 'var/lib/dpkg/info')
  mkdirSync(info, { recursive: true })
  writeFileSync(join(info, 'libc6:amd64.list'), '/.\n/lib/x/libc.so.6\n')
  const changes = [change('libc6', '1.0'), change('new', null)]
  const found = await findAffected({ changes }, { installed: byName(installed('libc6')), root })
  assert.deepEqual(found, ['dbus.service'])
})

test('who may not look cannot tell', async () => {
  const run = async () => assert.fail('there is no needrestart')
  assert.equal(await findOutdated({ root: '/nowhere', run }).catch(() => null), null)
})

test('needrestart is asked where there is one, and never restarts anything', async (t) => {
  const found = host(t, {})
  mkdirSync(join(found.root, 'usr/sbin'), { recursive: true })
  writeFileSync(join(found.root, 'usr/sbin/needrestart'), '')
  found.answer.stdout = 'NEEDRESTART-VER: 3.6\nNEEDRESTART-KSTA: 1\nNEEDRESTART-SVC: ssh.service\n'
  assert.deepEqual(await findOutdated(found), ['ssh.service'])
  assert.deepEqual(found.asked, [['needrestart', '-b', '-l', '-r', 'l']])
})

test('only what a package brings and what is executed counts', () => {
  assert.equal(runsReplaced(REPLACED), true)
  const others = [
    SOUND,
    REPLACED.replace('r-xp', 'r--p'),
    REPLACED.replace('/usr/lib/x/libc.so.6', '/memfd:node'),
    REPLACED.replace('/usr/lib/x/libc.so.6', '/tmp/build'),
    REPLACED.replace('/usr/lib/x/libc.so.6', '/dev/zero'),
  ]
  assert.deepEqual(others.filter(runsReplaced), [])
})

test('a service is named, below whatever slices and whatever a container puts in front', () => {
  assert.equal(parseService(HYBRID(GETTY), HYBRID('/init.scope')), 'getty@tty1.service')
  assert.equal(parseService(`0::${GETTY}\n`, '0::/init.scope\n'), 'getty@tty1.service')
  const inside = parseService(
    HYBRID(`/lab-web/payload${GETTY}`),
    HYBRID('/lab-web/payload/init.scope'),
  )
  assert.equal(inside, 'getty@tty1.service')
})

test('what runs in a container or a session is no service of this host', () => {
  for (const path of [
    '/machine.slice/web.scope/system.slice/dbus.service',
    '/system.slice/docker-0f.scope/system.slice/dbus.service',
    '/user.slice/user-1000.slice/user@1000.service/app.slice/sync.service',
    '/init.scope',
  ])
    assert.equal(parseService(HYBRID(path), HYBRID('/init.scope')), undefined, path)
})

test('no text makes a parser throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseNeedrestart(text)
      runsReplaced(text)
      parseService(text, text)
    }),
  )
})
