import assert from 'node:assert/strict'
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from './config.ts'

/** Reads a configuration of this text. */
function read(text: string, places: { database_url?: string; master_key_file?: string } = {}) {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'lpm-config-'))
  const config_file = join(folder.path, 'config.yaml')
  writeFileSync(config_file, text)
  const { database_url = null, master_key_file = null } = places
  return readConfig({ config_file, state_folder: '/state', database_url, master_key_file })
}

const wrong: [text: string, says: RegExp][] = [
  ['listen: { port: 70000 }', /config\.yaml: listen\.port: /],
  ['listen: { port: "8443" }', /config\.yaml: listen\.port: /],
  ['listen: { adress: "::" }', /config\.yaml: listen: .*"adress"/],
  ['nmaes: [x]', /config\.yaml: the file: .*"nmaes"/],
  ['names: *nobody', /config\.yaml: Unresolved alias.*nobody/],
  ['names: [""]', /config\.yaml: names\.0: /],
  ['outbound_addresses: [web-1]', /config\.yaml: outbound_addresses\.0: /],
  ['trusted_proxies: [proxy.example]', /config\.yaml: trusted_proxies\.0: /],
  ['trusted_proxies: [10.0.0.0/33]', /config\.yaml: trusted_proxies\.0: /],
  ['database: { url: "mysql://db" }', /config\.yaml: database\.url: must be sqlite:/],
  ['tls: { certificate_file: /x }', /config\.yaml: tls\.key_file: /],
  ['rate_limits: { sign_in: 0 }', /config\.yaml: rate_limits\.sign_in: /],
  ['rate_limits: { login: 5 }', /config\.yaml: rate_limits: .*"login"/],
  ['enrollment: { pending_max: 1.5 }', /config\.yaml: enrollment\.pending_max: /],
  ['hosts: { read_every_seconds: soon }', /config\.yaml: hosts\.read_every_seconds: /],
  ['hosts: { concurrent: 1001 }', /config\.yaml: hosts\.concurrent: /],
  ['jobs: { give_up_after_minutes: 0 }', /config\.yaml: jobs\.give_up_after_minutes: /],
  ['first_administrator: { must_change_password: maybe }', /must_change_password: /],
  ['sso: { microsoft_url: "http://example.org" }', /sso\.microsoft_url: must be an https address/],
  ['log_level: loud', /config\.yaml: log_level: /],
  ['listen: [', /config\.yaml: .* at line 1, column 10$/],
  [
    'log_level: info\nlog_level: warn',
    /config\.yaml: Map keys must be unique at line 2, column 1$/,
  ],
  ['- a list', /config\.yaml: the file: /],
]
for (const [text, message] of wrong)
  test(`${JSON.stringify(text)} is refused with the file and the key`, () => {
    assert.throws(() => read(text), { name: 'Failure', code: 'invalid_request', message })
  })

test('a file that is not there is named', () => {
  const places = { state_folder: '/state', master_key_file: null, database_url: null }
  assert.throws(() => readConfig({ ...places, config_file: '/nowhere/config.yaml' }), {
    name: 'Failure',
    message: /^The configuration \/nowhere\/config\.yaml cannot be read: ENOENT/,
  })
})

test('an empty file, and none at all, mean what is usual', () => {
  const places = { state_folder: '/state', master_key_file: null, database_url: null }
  const usual = readConfig({ ...places, config_file: null })
  assert.deepEqual(read(''), usual)
  assert.deepEqual(read('# nothing\n'), usual)
  assert.deepEqual(usual.listen, { address: '::', port: 8443 })
  assert.deepEqual(usual.rate_limits, {
    sign_in: 20,
    refresh: 120,
    enroll: 5,
    enroll_status: 60,
    preview: 30,
    settings_test: 10,
    sso: 60,
    sso_logout: 600,
    pki: 600,
  })
  assert.equal(usual.database_url, 'sqlite:/state/manager.db')
  assert.equal(usual.master_key_file, '/state/master.key')
})

test('what the environment says of places comes before the file', () => {
  const text = 'database: { url: "postgres://file@db/lpm" }'
  assert.equal(read(text).database_url, 'postgres://file@db/lpm')
  const places = { database_url: 'postgres://env@db/lpm', master_key_file: '/run/key' }
  assert.equal(read(text, places).database_url, 'postgres://env@db/lpm')
  assert.equal(read(text, places).master_key_file, '/run/key')
})
