import assert from 'node:assert/strict'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { newFolder } from '../files/folder.test.kit.ts'
import { places } from '../config-places.ts'
import { host, testAuthority } from '../pki/authority.test.kit.ts'
import type { Material } from './certificates.ts'
import { settings } from './settings.ts'

/** The files of an agent, and what it was told about them. */
function world(files: { config?: string; whitelist?: string } = {}) {
  const where = places(newFolder())
  mkdirSync(where.certificates, { recursive: true })
  const put = (file: 'config' | 'whitelist', text: string) => {
    // As editors do it: a new file takes the place of the old one.
    writeFileSync(`${where[file]}.new`, text)
    renameSync(`${where[file]}.new`, where[file])
  }
  if (files.config !== undefined) put('config', files.config)
  if (files.whitelist !== undefined) put('whitelist', files.whitelist)
  const warned: string[] = []
  const log = { info() {}, error() {}, warn: (_fields: object, text: string) => warned.push(text) }
  const current = settings({ places: where, resolve: async () => [], log })
  current.read()
  const heard: string[] = []
  const unwatch = current.watch({
    config: ({ log_level }) => void heard.push(log_level),
    whitelist: () => {},
    certificates: (changed) => void heard.push(changed),
  })
  return { where, current, heard, warned, put, [Symbol.dispose]: unwatch }
}

async function until(isSo: () => boolean) {
  for (let left = 100; !isSo(); left -= 1) {
    assert.ok(left > 0, 'it did not happen within five seconds')
    await wait(50)
  }
}

function install(where: ReturnType<typeof places>, { ca, cert, key }: Material) {
  writeFileSync(where.authority, ca)
  writeFileSync(where.key, key)
  writeFileSync(where.certificate, cert)
}

test('without any file the settings are the usual ones, and nobody may call', () => {
  using agent = world()
  assert.equal(agent.current.config.problem(), null)
  assert.match(agent.current.whitelist.problem() ?? '', /is not there: nobody may call/)
  assert.equal(agent.current.list.allows('127.0.0.1'), false)
})

test('a whitelist that is broken at the start lets nobody in, and the log does not speak of a last good one', async () => {
  using agent = world({ whitelist: 'entries: [10.0.0.300]' })
  assert.match(agent.current.whitelist.problem() ?? '', /entries\.0/)
  assert.equal(agent.current.list.allows('10.0.0.3'), false)
  assert.deepEqual(agent.warned, ['no whitelist could be read; nobody is let in'])

  agent.put('whitelist', 'entries: [10.0.0.3]')
  await until(() => agent.current.list.allows('10.0.0.3'))
  agent.put('whitelist', 'entries: [')
  await until(() => agent.warned.length === 2)
  assert.match(agent.warned[1] ?? '', /the last good ones hold/)
})

test('a config that is broken at the start is a problem with a name', () => {
  using agent = world({ config: 'log_level: loud' })
  assert.match(agent.current.config.problem() ?? '', /config\.yaml: log_level: /)
})

test('a new whitelist is in force without a restart', async () => {
  using agent = world({ whitelist: 'entries: [10.0.0.1]' })
  agent.put('whitelist', 'entries: [10.0.0.2]')
  await until(() => agent.current.list.allows('10.0.0.2'))
  assert.equal(agent.current.list.allows('10.0.0.1'), false)
})

test('a network that no list can hold is a problem with a name, and the last good list holds', async () => {
  using agent = world({ whitelist: 'entries: [10.0.0.1]' })
  for (const entry of ['::ffff:10.0.0.0/90', '::ffff:10.0.0.0/0']) {
    agent.put('whitelist', `entries: ['${entry}']`)
    await until(() => /entries\.0: .*96/.test(agent.current.whitelist.problem() ?? ''))
    assert.equal(agent.current.list.allows('10.0.0.1'), true)
    agent.put('whitelist', 'entries: [10.0.0.1]')
    await until(() => agent.current.whitelist.problem() === null)
  }
})

test('a whitelist that breaks or goes away leaves the last good one, and says so', async () => {
  using agent = world({ whitelist: 'entries: [10.0.0.1]' })
  agent.put('whitelist', 'entries: [')
  await until(() => agent.current.whitelist.problem() !== null)
  assert.equal(agent.current.list.allows('10.0.0.1'), true)

  rmSync(agent.where.whitelist)
  await until(() => /is gone/.test(agent.current.whitelist.problem() ?? ''))
  assert.equal(agent.current.list.allows('10.0.0.1'), true)

  agent.put('whitelist', 'entries: [10.0.0.1]')
  await until(() => agent.current.whitelist.problem() === null)
})

test('a config that breaks while running leaves the last good one', async () => {
  using agent = world({ config: 'log_level: warn' })
  agent.put('config', 'log_level: loud')
  await until(() => agent.current.config.problem() !== null)
  assert.equal(agent.current.config.value().log_level, 'warn')
  agent.put('config', 'log_level: debug')
  await until(() => agent.heard.includes('debug'))
  assert.equal(agent.current.config.problem(), null)
})

test('a config that goes away leaves what it last said, and says so until it is back', async () => {
  using agent = world({ config: 'log_level: warn' })
  rmSync(agent.where.config)
  await until(() => /config\.yaml is gone/.test(agent.current.problem() ?? ''))
  assert.equal(agent.current.config.value().log_level, 'warn')
  agent.put('config', 'log_level: warn')
  await until(() => agent.current.problem() === null)
})

test('a file whose second certificate is broken is not taken, and the last good one holds', async () => {
  using agent = world()
  const authority = await testAuthority()
  const [first, second] = [await authority.issue(host), await authority.issue(host)]
  install(agent.where, first)
  await until(() => agent.heard.includes('authority'))
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
  install(agent.where, { ...second, cert: `${second.cert}\n${broken}` })
  await until(() => /TLS cannot use /.test(agent.current.own.problem() ?? ''))
  assert.equal(agent.current.own.own()?.cert, first.cert)
  assert.ok(!agent.heard.includes('certificate'))
})

test('certificates are taken once all three belong together', async () => {
  using agent = world()
  const authority = await testAuthority()
  const [first, second] = [await authority.issue(host), await authority.issue(host)]
  install(agent.where, { ...first, key: second.key })
  await until(() => /is not for the key/.test(agent.current.own.problem() ?? ''))
  assert.equal(agent.current.own.own(), null)

  install(agent.where, first)
  await until(() => agent.heard.includes('authority'))
  install(agent.where, second)
  await until(() => agent.heard.includes('certificate'))
  assert.equal(agent.current.own.own()?.cert, second.cert)
})

test('a certificate of another authority is not taken', async () => {
  using agent = world()
  const [one, other] = [await testAuthority('one'), await testAuthority('other')]
  install(agent.where, { ...(await one.issue(host)), ca: other.ca })
  await until(() => /was not signed by/.test(agent.current.own.problem() ?? ''))
  assert.equal(agent.current.own.own(), null)
})
