import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { hostWith } from './host.test.kit.ts'
import { lockHolder } from './lock-holder.ts'

const LOCK = 'var/lib/dnf/rpmdb_lock.pid'

test('whoever wrote its number into a lock of dnf is named, while it is there', async () => {
  const host = hostWith({ [LOCK]: '2301', 'proc/2301/comm': 'dnf\n', 'proc/locks': '' })
  assert.equal(await lockHolder(host.root), 'dnf (pid 2301)')
  assert.equal(await lockHolder(hostWith({ [LOCK]: '2301', 'proc/locks': '' }).root), null)
})

test('a number that was given to another program since holds nothing', async () => {
  const host = hostWith({ [LOCK]: '2301', 'proc/2301/comm': 'sshd\n', 'proc/locks': '' })
  assert.equal(await lockHolder(host.root), null)
  host.write(LOCK, '../../1')
  assert.equal(await lockHolder(host.root), null)
})

test('dnf 5 is found by a lock of its own', async () => {
  const lock = 'var/lib/dnf/system-repo.lock'
  const host = hostWith({ [lock]: '', 'proc/42/comm': 'dnf\n' })
  const { ino } = statSync(join(host.root, lock))
  host.write('proc/locks', `12: POSIX  ADVISORY  WRITE 42 00:2b:${ino} 0 EOF\n`)
  assert.equal(await lockHolder(host.root), 'dnf (pid 42)')
})

test('a plain rpm is found by its own lock, and who only reads is no holder', async () => {
  const host = hostWith({ 'var/lib/rpm/.rpm.lock': '', 'proc/77/comm': 'rpm\n' })
  const { ino } = statSync(join(host.root, 'var/lib/rpm/.rpm.lock'))
  const line = (kind: string) => `1: POSIX  ADVISORY  ${kind} 77 00:27:${ino} 0 EOF\n`
  host.write('proc/locks', line('READ '))
  assert.equal(await lockHolder(host.root), null)
  host.write('proc/locks', `2: FLOCK  ADVISORY  WRITE 9 00:27:1 0 EOF\n${line('WRITE')}`)
  assert.equal(await lockHolder(host.root), 'rpm (pid 77)')
})
