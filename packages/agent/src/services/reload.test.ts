import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { places } from '../config-places.ts'
import { newFolder } from '../files/folder.test.kit.ts'
import { host, testAuthority } from '../pki/authority.test.kit.ts'
import { reloadService } from './reload.ts'
import { settings } from './settings.ts'

const quiet = { info() {}, warn() {}, error() {} }

/** An agent's settings, whose folder nobody watches: only what is asked for is read. */
async function world(config: () => void = () => undefined) {
  const where = places(newFolder())
  mkdirSync(where.certificates, { recursive: true })
  writeFileSync(where.whitelist, 'entries: [10.0.0.1]\n')
  const current = settings({ places: where, resolve: async () => [], log: quiet })
  current.read()
  const heard: string[] = []
  const unwatch = current.watch({
    config({ log_level }) {
      heard.push(log_level)
      config()
    },
    whitelist: () => undefined,
    certificates: (changed) => void heard.push(changed),
  })
  unwatch()
  await current.reload()
  const asked = { times: 0 }
  const nudge = () => void (asked.times += 1)
  const { reload } = reloadService({ settings: current, nudge })
  return { where, current, heard, asked, reload }
}

test('settings, whitelist and certificates are read again at once', async () => {
  const { where, current, heard, asked, reload } = await world()
  const { ca, cert, key } = await (await testAuthority()).issue(host)
  writeFileSync(where.config, 'log_level: debug\n')
  writeFileSync(where.whitelist, 'entries: [10.0.0.2]\n')
  writeFileSync(where.authority, ca)
  writeFileSync(where.key, key)
  writeFileSync(where.certificate, cert)

  assert.deepEqual(await reload(), {
    reloaded: ['config', 'whitelist', 'certificates', 'revocations'],
  })
  assert.deepEqual(heard, ['debug', 'authority'])
  assert.equal(asked.times, 1)
  assert.deepEqual(
    [current.list.allows('10.0.0.1'), current.list.allows('10.0.0.2')],
    [false, true],
  )
})

test('what is wrong is said with its line, and what held before holds', async () => {
  const { where, current, heard, reload } = await world()
  writeFileSync(where.config, '# mine\nlog_level: loud\n')
  writeFileSync(where.whitelist, 'entries:\n  - 10.0.0.300\n')
  await assert.rejects(reload(), {
    code: 'CONFIG_INVALID',
    message:
      /config\.yaml: log_level: .* at line 2, column 12\n.*entries\.0: .* at line 2, column 5$/s,
  })
  assert.deepEqual([current.config.value().log_level, heard], ['info', []])
  assert.equal(current.list.allows('10.0.0.1'), true)
})

test('the failure names each file that is wrong', async () => {
  const { where, reload } = await world()
  writeFileSync(where.whitelist, 'entries: [')
  const details = await reload().catch((error: { details: object }) => error.details)
  assert.deepEqual(Object.keys((details as { problems: object }).problems), ['whitelist'])
})

test('what cannot be put in force is said, and tried again until it is', async () => {
  let isTaken = true
  const { where, current, heard, reload } = await world(() => {
    if (isTaken) throw new Error('the port is taken')
  })
  writeFileSync(where.config, 'log_level: debug\n')
  await assert.rejects(reload(), { code: 'CONFIG_RELOAD_ERROR', message: /the port is taken/ })
  await assert.rejects(reload(), { code: 'CONFIG_RELOAD_ERROR' })
  assert.match(current.problem() ?? '', /not in force: the port is taken/)

  isTaken = false
  await reload()
  assert.deepEqual([current.problem(), heard], [null, ['debug', 'debug', 'debug']])
})
