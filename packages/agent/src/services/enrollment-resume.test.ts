import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { HOST_ID } from '../pki/authority.test.kit.ts'
import { cutOff, newHost } from './new-host.test.kit.ts'
import { testManager, TOKEN } from './manager.test.kit.ts'

test('killed before the answer came, it asks again with the same key', async () => {
  await using manager = await testManager()
  manager.onEnroll = () => {
    throw new Failure('unavailable', 'The manager stops.')
  }
  const newcomer = newHost(manager)
  await assert.rejects(newcomer.ask(), { code: 'unavailable' })
  manager.onEnroll = () => {}
  manager.decide = (asked) => manager.approve(asked)
  const key = newcomer.key()
  await newcomer.ask()
  assert.equal(manager.requests.length, 2)
  assert.equal(readFileSync(newcomer.where.key, 'utf8'), key)
})

test('killed while it waits, it goes on waiting and does not ask twice', async () => {
  await using manager = await testManager()
  const newcomer = newHost(manager)
  await cutOff(newcomer, () => manager.polls.length > 1)
  manager.decide = (asked) => manager.approve(asked)
  await newcomer.ask()
  assert.equal(manager.requests.length, 1)
  assert.deepEqual(new Set(manager.polls), new Set([TOKEN]))
})

test('killed between two files, it puts the rest in its place without the manager', async () => {
  const manager = await testManager()
  manager.decide = (asked) => manager.approve(asked)
  const newcomer = newHost(manager)
  // A folder where the last file shall be stops it after all the others.
  mkdirSync(newcomer.where.certificate, { recursive: true })
  await assert.rejects(newcomer.ask())
  assert.ok(existsSync(newcomer.where.key))
  await manager[Symbol.asyncDispose]()

  rmdirSync(newcomer.where.certificate)
  const { host_id } = await newcomer.ask()
  assert.equal(host_id, HOST_ID)
  assert.equal(readFileSync(newcomer.where.whitelist, 'utf8'), 'entries:\n  - 10.9.8.7\n')
  assert.equal(existsSync(newcomer.where.enrollment), false)
})

test('a whitelist that is broken is not written over; mended, enrollment goes on', async () => {
  await using manager = await testManager()
  manager.decide = (asked) => manager.approve(asked)
  const newcomer = newHost(manager)
  mkdirSync(newcomer.where.settings, { recursive: true })
  writeFileSync(newcomer.where.whitelist, 'entries: [')
  await assert.rejects(newcomer.ask(), { code: 'CONFIG_INVALID' })
  assert.equal(existsSync(newcomer.where.certificate), false)

  writeFileSync(newcomer.where.whitelist, '# mine\nentries:\n  - 10.0.0.1\n')
  await newcomer.ask()
  assert.equal(manager.requests.length, 1)
  assert.equal(
    readFileSync(newcomer.where.whitelist, 'utf8'),
    '# mine\nentries:\n  - 10.0.0.1\n  - 10.9.8.7\n',
  )
})
