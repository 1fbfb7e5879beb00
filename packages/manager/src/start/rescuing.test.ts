import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { knock } from '../http/socket.test.kit.ts'
import { withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { manager, type Manager } from './manager.test.kit.ts'

const MAIN = new URL('../main.ts', import.meta.url).pathname
const GOOD = 'seven brisk lanterns'

type Said = { code: number; out: string; error: string }

/** The program that people start, on the files of this manager, with what comes in by a pipe. */
async function command(
  { folder }: Manager,
  args: string[],
  input: string | Buffer = '',
): Promise<Said> {
  const env = { PATH: '/usr/bin:/bin', SUDO_USER: 'wilhelmina' }
  const all = [MAIN, ...args, '--state', folder, '--config', `${folder}/config.yaml`]
  const child = spawn(process.execPath, all, { env })
  const said = { out: '', error: '' }
  child.stdout.on('data', (data: Buffer) => (said.out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (said.error += data.toString()))
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code: Number(code), ...said }
}

const login = (world: Manager, username: string, password: string) =>
  world.as().login({ username, password })

async function lastEntry(world: Manager) {
  const [entry] = (await world.stores.audit.list({ limit: 1000, offset: 0 })).slice(-1)
  return [entry?.action, entry?.actor_type, entry?.details]
}

const passwordIn = ({ out }: Said) => /with the password (\S{24})$/m.exec(out)?.[1] ?? ''

test('an administrator is made beside a manager that runs, with a password from a pipe', async () => {
  await using world = await manager()
  const said = await command(world, ['create-admin', 'second'], `${GOOD}\n`)
  assert.deepEqual(said, { code: 0, out: 'The administrator second was made.\n', error: '' })
  const by = { username: 'second', os_user: 'wilhelmina' }
  assert.deepEqual(await lastEntry(world), ['administrator_create', 'system', by])
  const { user } = await login(world, 'second', GOOD)
  assert.deepEqual([user.role, user.password_reset_required], ['admin', false])
})

test('without a password one is made and told once, and has to be changed', async () => {
  await using world = await manager()
  const said = await command(world, ['create-admin', 'second', '--make'])
  assert.equal(said.code, 0)
  assert.match(said.out, /It has to be changed at the first sign-in\.\n$/)
  const { user } = await login(world, 'second', passwordIn(said))
  assert.equal(user.password_reset_required, true)
})

type Refused = [args: string[], input: string | Buffer, says: RegExp]
const refused: Refused[] = [
  [['create-admin', 'ADMIN'], GOOD, /^There is already a user called ADMIN\.\n$/],
  [['create-admin', 'a b'], GOOD, /^The name must be letters, digits/],
  [['create-admin', 'second'], 'short', /^The new password must have at least 12 characters\.\n$/],
  [['create-admin', 'second'], 'second123456', /^The new password is easy to guess/],
  ...[
    `${GOOD}\n\n`,
    `${GOOD}\nand a second line\n`,
    `${GOOD}\0`,
    Buffer.from([...Buffer.from(GOOD), 0xff]),
    'a'.repeat(20_000),
  ].map((input): Refused => [
    ['reset-password', 'admin'],
    input,
    /^The password that came in is not one line of text\.\n$/,
  ]),
  [['reset-password', 'nobody'], GOOD, /^There is no user called nobody\.\n$/],
  [['unlock', 'nobody'], '', /^There is no user called nobody\.\n$/],
]

test('what cannot be done is one line, and nothing is changed', async () => {
  await using world = await manager()
  for (const [args, input, says] of refused) {
    const { code, out, error } = await command(world, args, input)
    assert.deepEqual([code, out], [1, ''], error)
    assert.match(error, says)
  }
  assert.equal(await world.stores.users.count(), 1)
})

test('a password that is reset ends every session, also in a manager that runs', async () => {
  await using world = await manager()
  const { access_token, refresh_token } = await login(world, 'admin', world.password)
  const { ticket } = await world.as(access_token).createTicket()
  using page = await knock(world, { ticket })
  for (let tries = 0; tries < 10; tries++) await assert.rejects(login(world, 'admin', 'wrong'))

  const said = await command(world, ['reset-password', 'Admin'])
  assert.equal(said.code, 0, said.error)
  const unauthorized = { code: 'unauthorized' }
  await assert.rejects(world.as(access_token).getMe(), unauthorized)
  await assert.rejects(world.as().refresh({ refresh_token }), unauthorized)
  // Nobody tells the manager: it looks.
  assert.equal(await page.closed, 4401)
  // And whoever forgot it is not locked out by having tried.
  const { user } = await login(world, 'admin', passwordIn(said))
  assert.equal(user.password_reset_required, true)
})

test('the file with the first password goes with that password, and not before', async () => {
  await using world = await manager()
  const file = join(world.folder, 'first-admin-password')
  await writeFile(file, `${world.password}\n`)
  const { username } = await world.person('viewer')
  const other = await command(world, ['reset-password', username], GOOD)
  assert.deepEqual(other.out.split('\n').slice(1), [''])
  assert.equal((await readFile(file, 'utf8')).trim(), world.password)

  const said = await command(world, ['reset-password', 'admin', '--make'])
  assert.deepEqual([said.code, said.error], [0, ''])
  assert.ok(said.out.includes(`${file} was removed: its password has been changed.\n`))
  await assert.rejects(readFile(file), { code: 'ENOENT' })
})

test('where a password that was made cannot be told, the command fails', async () => {
  await using world = await manager()
  await using full = await open('/dev/full', 'w')
  const line = [MAIN, 'reset-password', 'admin', '--make', '--state', world.folder]
  const child = spawn(process.execPath, line, { stdio: ['ignore', full.fd, 'pipe'] })
  const [error, [code]] = await Promise.all([text(child.stderr!), once(child, 'close')])
  assert.equal(code, 1)
  assert.match(error, /^It is done, but cannot be told: ENOSPC.*\n$/)
})

test('where that file cannot be removed, the new password is told all the same', async () => {
  await using world = await manager()
  const file = join(world.folder, 'first-admin-password')
  await mkdir(file)
  const said = await command(world, ['reset-password', 'admin', '--make'])
  assert.deepEqual([said.code, said.error], [0, ''])
  assert.ok(said.out.includes(`${file} was not removed, do it by hand: EISDIR`))
  assert.ok(await login(world, 'admin', passwordIn(said)))
})

test('a name is unlocked, and the manager need not run for that', async () => {
  await using world = await manager()
  for (let tries = 0; tries < 10; tries++) await assert.rejects(login(world, 'admin', 'wrong'))
  await assert.rejects(login(world, 'admin', world.password), { code: 'account_locked' })
  await world.stop()
  const said = await command(world, ['unlock', 'admin'])
  assert.deepEqual([said.code, said.error], [0, ''])
  await using again = await manager({ folder: world.folder })
  assert.ok(await login(again, 'admin', world.password))
})

test('at a terminal it is asked for twice, and nobody sees it', async () => {
  await using world = await manager()
  const line = [process.execPath, MAIN, 'reset-password', 'admin', '--state', world.folder]
  const terminal = spawn('script', ['-qefc', line.join(' '), '/dev/null'])
  let shown = ''
  terminal.stdout.on('data', (data: Buffer) => {
    shown += data.toString()
    if (/(made\)|more): $/.test(shown)) terminal.stdin.write(`${GOOD}\r`)
  })
  const [code] = await once(terminal, 'close')
  assert.equal(code, 0, shown)
  assert.match(shown, /to have one made\): \s+Once more: \s+admin has a new password/)
  assert.ok(!shown.includes(GOOD))
  assert.ok(await login(world, 'admin', GOOD))
})

test('the second factor of somebody who has lost it is taken away, and his sessions end', async () => {
  await using world = await manager()
  const { username, password, api } = await withPhone(world)
  const { code, out, error } = await command(world, ['disable-mfa', username])
  assert.deepEqual([code, error], [0, ''])
  assert.match(out, /^The second factor of operator-\S+ is off/)
  assert.deepEqual(await lastEntry(world), [
    'mfa_reset',
    'system',
    { username, os_user: 'wilhelmina' },
  ])
  await assert.rejects(api.getMe(), { code: 'unauthorized' })
  assert.equal((await login(world, username, password)).user.mfa_enabled, false)
  const again = await command(world, ['disable-mfa', username])
  assert.match(again.error, /^No second factor of operator-\S+ is on\.\n$/)
  const nobody = await command(world, ['disable-mfa', 'nobody'])
  assert.match(nobody.error, /^There is no user called nobody\.\n$/)
})
