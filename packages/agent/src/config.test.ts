import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { Failure } from '@linux-patch/shared/failure'
import { parseConfig, version } from './config.ts'

const FILE = '/etc/linux_patch_api/config.yaml'
const refused = (text: string, message: string) =>
  assert.throws(() => parseConfig(FILE, text), { code: 'CONFIG_INVALID', message })

test('an empty file means the usual settings', () =>
  assert.deepEqual(parseConfig(FILE, ''), {
    listen: { address: '::', port: 12443 },
    jobs: { timeout_minutes: 30, max_concurrent: 5 },
    operations: ['read', 'patch', 'install', 'remove', 'reboot'],
    rate_limits: {
      health: 60,
      package_list: 30,
      package_operations: 10,
      patch_operations: 5,
      job_operations: 60,
      system: 5,
    },
    auth: { diagnostic_responses: false },
    crl: { expired_policy: 'warn' },
    health: { public_listener: { enabled: false, bind: '127.0.0.1', port: 12480 } },
    log_level: 'info',
    package_manager: 'auto',
  }))

test('one setting leaves the others as usual', () =>
  assert.deepEqual(parseConfig(FILE, 'listen: { port: 443 }').listen, { address: '::', port: 443 }))

test('broken YAML is refused with the line', () =>
  assert.throws(() => parseConfig(FILE, 'listen:\n  port: [\n'), {
    code: 'CONFIG_INVALID',
    message: /^\/etc\/linux_patch_api\/config\.yaml: .* at line 3, column 1$/,
  }))

test('a wrong value is refused with its key and its place, in one line', () => {
  refused(
    'listen: { port: 99999 }',
    `${FILE}: listen.port: Too big: expected number to be <=65535 at line 1, column 17`,
  )
  refused(
    'listen: { address: localhost }',
    `${FILE}: listen.address: must be an IP address at line 1, column 20`,
  )
  refused(
    'auth: { diagnostic_responses: "yes" }',
    `${FILE}: auth.diagnostic_responses: Invalid input: expected boolean, received string at line 1, column 31`,
  )
})

test('a key that nobody knows is refused, for it is a mistyped one', () =>
  refused('listen: {}\nlisen: {}', `${FILE}: Unrecognized key: "lisen" at line 2, column 1`))

test('the same key twice is refused', () =>
  assert.throws(() => parseConfig(FILE, 'log_level: info\nlog_level: debug\n'), {
    message: /unique/,
  }))

test('an operation that nobody knows is refused', () =>
  assert.throws(() => parseConfig(FILE, 'operations: [read, shell]'), {
    message: /config\.yaml: operations\.1: /,
  }))

test('a limit of nothing is refused: it would lock the manager out', () =>
  assert.throws(() => parseConfig(FILE, 'rate_limits: { health: 0 }'), {
    message: /rate_limits\.health: /,
  }))

test('the version is that of the package', () => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  assert.equal(version, JSON.parse(text).version)
})

test('whatever the file holds, it is read or refused in one line', () => {
  const key = fc.constantFrom(
    'listen',
    'jobs',
    'operations',
    'rate_limits',
    'auth',
    'health',
    'log_level',
  )
  const some = fc.tuple(key, fc.json()).map(([name, value]) => `${name}: ${value}\n`)
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), some), (text) => {
      try {
        parseConfig(FILE, text)
      } catch (error) {
        assert.ok(error instanceof Failure, String(error))
        assert.ok(!error.message.includes('\n'), error.message)
      }
    }),
  )
})
