import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { place } from './process.test.kit.ts'

/** Checks that a start failed with one line for a person and nothing for a programmer. */
function isOneLine(
  { code, error, out }: { code: number; error: string; out: string },
  says: RegExp,
) {
  assert.match(error, says)
  assert.deepEqual([code, error.trim().split('\n').length, out], [1, 1, ''])
}

test('it starts, says where it listens, and ends on SIGTERM with 0', async () => {
  await using here = await place()
  const running = here.start()
  await running.listens()
  running.stop('SIGTERM')
  const { code, error, out } = await running.ended
  assert.deepEqual([code, error], [0, ''])
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    [
      'keys made: back them up',
      'first administrator made: admin',
      'manager listens',
      'manager stops',
    ],
  )
  for (const { time } of lines) assert.equal(new Date(time).toISOString(), time)
  // The port that it found for itself is the one that it names.
  assert.match(lines[2].urls[0], /^https:\/\/[^:]+:[1-9]\d+$/)
})

test('it says its version and its commands, and refuses others', async () => {
  await using here = await place()
  const { version } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  for (const flag of ['--version', '-V'])
    assert.deepEqual(await here.run(flag), { code: 0, out: `${version}\n`, error: '' })
  const { code, out, error } = await here.run('--help')
  assert.deepEqual([code, error], [0, ''])
  assert.match(out, /^Usage: linux-patch-manager \[options\] \[command\]\n\nPatches a fleet/)
  for (const command of ['serve', 'check-config'])
    assert.match(out, new RegExp(`^  ${command} `, 'm'))
  const wrong = await here.run('server')
  assert.deepEqual([wrong.code, wrong.out], [1, ''])
  assert.match(wrong.error, /^error: unknown command 'server'\n/)
})

test('the first password goes to a file for its owner alone, and to no log', async () => {
  await using here = await place()
  const running = here.start()
  await running.listens()
  running.stop('SIGINT')
  const { out } = await running.ended
  const file = join(here.state, 'first-admin-password')
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.equal((await stat(here.state)).mode & 0o777, 0o700)
  const password = (await readFile(file, 'utf8')).trim()
  assert.match(password, /^[a-zA-Z2-9]{24}$/)
  assert.ok(!out.includes(password))
})

test('a port that is taken is one line', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await using here = await place({ listen: { address: '127.0.0.1', port } })
  isOneLine(await here.start().ended, new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 .*EADDRINUSE`))
  other.close()
  // No key and no password was made for a manager that could not start.
  await assert.rejects(stat(here.state), { code: 'ENOENT' })
})

test('an address that is not ours is one line', async () => {
  await using here = await place({ listen: { address: '192.0.2.1', port: 8443 } })
  isOneLine(await here.start().ended, /^Port 8443 of 192\.0\.2\.1 cannot be listened on: /)
})

test('a master key that was lost is one line, and no new one is made', async () => {
  await using here = await place()
  const first = here.start()
  await first.listens()
  first.stop('SIGTERM')
  await first.ended
  await rm(join(here.state, 'master.key'))
  isOneLine(await here.start().ended, /The master key .* is missing, .*Restore it from the backup/)
  await assert.rejects(stat(join(here.state, 'master.key')), { code: 'ENOENT' })

  const LPM_MASTER_KEY_FILE = join(here.folder, 'other.key')
  await writeFile(LPM_MASTER_KEY_FILE, `${Buffer.alloc(32, 7).toString('base64')}\n`, {
    mode: 0o600,
  })
  const wrong = await here.start({ LPM_MASTER_KEY_FILE }).ended
  isOneLine(wrong, /was sealed with another master key, or was changed/)
  await chmod(LPM_MASTER_KEY_FILE, 0o644)
  isOneLine(await here.start({ LPM_MASTER_KEY_FILE }).ended, /may be read by others/)
})

test('a state folder that cannot be made is one line', async () => {
  await using here = await place()
  const file = join(here.folder, 'a-file')
  await writeFile(file, '')
  const { ended } = here.start({}, { state: join(file, 'state') })
  isOneLine(await ended, /^The state folder .*a-file\/state cannot be made: ENOTDIR/)
  isOneLine(
    await here.start({}, { state: file }).ended,
    /^The state folder .*a-file cannot be made: EEXIST/,
  )
  isOneLine(
    await here.start({}, { state: '/proc/nope' }).ended,
    /^The state folder \/proc\/nope cannot be made: ENOENT/,
  )
})

const databases: [url: string, says: RegExp][] = [
  ['mysql://db', /^The database cannot be opened: The database is named by sqlite:/],
  ['sqlite:/nowhere/manager.db', /^The database cannot be opened: .*(ENOENT|directory)/],
  ['postgres://lpm:geheim@127.0.0.1:1/lpm', /^The database cannot be opened: .*ECONNREFUSED/],
]
for (const [LPM_DATABASE_URL, says] of databases)
  test(`${LPM_DATABASE_URL} is one line, without a password`, async () => {
    await using here = await place()
    const result = await here.start({ LPM_DATABASE_URL }).ended
    isOneLine(result, says)
    assert.ok(!result.error.includes('geheim'))
  })

test('a file of the database that is not there is one line', async () => {
  await using here = await place()
  isOneLine(
    await here.start({ LPM_DATABASE_URL_FILE: '/nowhere' }).ended,
    /^LPM_DATABASE_URL_FILE: /,
  )
})

test('a certificate of one’s own that is missing, or of another key, is one line', async () => {
  const missing = { certificate_file: '/nowhere/cert.pem', key_file: '/nowhere/key.pem' }
  await using here = await place({ tls: missing })
  isOneLine(await here.start().ended, /^The certificate of the manager cannot be used: ENOENT/)
})

test('a configuration that is wrong is one line', async () => {
  await using here = await place({ log_level: 'loud' })
  isOneLine(await here.start().ended, /config\.yaml: log_level: /)
})
