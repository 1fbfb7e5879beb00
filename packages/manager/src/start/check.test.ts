import assert from 'node:assert/strict'
import { chmod, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { place } from './process.test.kit.ts'

const right = { code: 0, out: 'The configuration is right.\n', error: '' }

const isWrong = ({ code, out, error }: typeof right, ...says: RegExp[]) => {
  const lines = error.trimEnd().split('\n')
  assert.deepEqual([code, out, lines.length], [1, '', says.length], error)
  for (const [place, words] of says.entries()) assert.match(lines[place] ?? '', words)
}

test('before the first start it is right, and nothing is made', async () => {
  await using here = await place()
  assert.deepEqual(await here.check(), right)
  await assert.rejects(stat(here.state), { code: 'ENOENT' })
})

test('beside a manager that runs it is right as well, port and all', async () => {
  await using here = await place()
  const running = here.start()
  await running.listens()
  assert.deepEqual(await here.check(), right)
  running.stop('SIGTERM')
  await running.ended
  const before = await readdir(here.state)
  assert.deepEqual(await here.check(), right)
  assert.deepEqual(await readdir(here.state), before)
})

test('what the file names is tried, and all that is wrong is said at once', async () => {
  const tls = { certificate_file: '/nowhere/cert.pem', key_file: '/nowhere/key.pem' }
  await using here = await place({ tls })
  const LPM_DATABASE_URL = 'postgres://lpm:geheim@127.0.0.1:1/lpm'
  isWrong(
    await here.check({ LPM_DATABASE_URL }),
    /^The database cannot be opened: .*ECONNREFUSED/,
    /^The certificate of the manager cannot be used: ENOENT.*key\.pem/,
  )
  isWrong(
    await here.check({ LPM_DATABASE_URL: 'sqlite:/etc/passwd' }),
    /^The database cannot be opened: file is not a database$/,
    /^The certificate/,
  )
})

test('a folder that is a file is no place for the state', async () => {
  await using here = await place()
  const state = join(here.config, 'state')
  const said = await here.check({}, { state })
  isWrong(said, /^The state folder .* cannot be used: /, /^The database cannot be opened: /)
})

test('a master key that is missing, another one, or open to others is said', async () => {
  await using here = await place()
  const running = here.start()
  await running.listens()
  running.stop('SIGTERM')
  await running.ended
  const key = join(here.state, 'master.key')
  await chmod(key, 0o640)
  isWrong(await here.check(), /^The manager cannot start: .* may be read by others .*chmod 600 it/)
  await rm(key)
  isWrong(await here.check(), /^The manager cannot start: The master key .* is missing/)
  await writeFile(key, `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 })
  isWrong(await here.check(), /^The manager cannot start: .*sealed with another master key/)
})

test('what is no YAML, or no port, is one line with the place', async () => {
  await using here = await place()
  await writeFile(here.config, 'listen: [')
  isWrong(await here.check(), /config\.yaml: .* at line 1, column 10$/)
  await writeFile(here.config, 'listen: { port: 99999 }')
  isWrong(await here.check(), /config\.yaml: listen\.port: /)
})
