import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { place } from './process.test.kit.ts'

/** A manager that was started once. */
async function started() {
  const at = await place()
  const first = at.start()
  await first.listens()
  first.stop('SIGTERM')
  const { out } = await first.ended
  return { ...at, out, key: () => readFileSync(join(at.state, 'master.key'), 'utf8') }
}

async function rootOf({ start }: Awaited<ReturnType<typeof started>>) {
  const again = start()
  await again.listens()
  again.stop('SIGTERM')
  const { out } = await again.ended
  return { root: /"ca_fingerprint":"([^"]+)"/.exec(out)?.[1], out }
}

test('the first start says what to back up, and the next one does not', async () => {
  await using at = await started()
  assert.match(at.out, /Back up the database and the master key now/)
  assert.ok(at.out.includes(join(at.state, 'master.key')))
  assert.doesNotMatch((await rootOf(at)).out, /Back up/)
})

test('the master key is rotated by a command, wherever that is killed', async () => {
  await using at = await started()
  const { root } = await rootOf(at)
  const before = at.key()
  for (const delay of [300, 500, 600, 700, 800, 1000]) {
    const rotating = at.launch('keys', 'rotate')
    await wait(delay)
    rotating.stop('SIGKILL')
    await rotating.ended
    const { code, error } = await at.check()
    assert.equal(code, 0, `killed after ${delay} ms: ${error}`)
  }
  const { code, out, error } = await at.launch('keys', 'rotate').ended
  assert.equal(code, 0, error)
  assert.match(out, /^4 secrets are sealed under a new master key/)
  assert.notEqual(at.key(), before)
  assert.equal((await rootOf(at)).root, root)
})

test('a rollover is begun, watched and finished by commands', async () => {
  await using at = await started()
  const said = async (...args: string[]) => {
    const { code, out, error } = await at.launch('ca', ...args).ended
    return `${code} ${out}${error}`
  }
  assert.match(await said('status'), /^0 current {2}sha256:[0-9a-f]{64} since/)
  assert.match(await said('rollover', '--finish'), /^1 There is no next root/)
  const [, next = ''] = /The next root is (sha256:[0-9a-f]{64})/.exec(await said('rollover')) ?? []
  assert.match(await said('rollover'), /^1 There is a next root already/)
  assert.match(
    await said('status'),
    /next {5}sha256[^]*0 of 0 hosts have certificates of the next root alone/,
  )
  assert.match(await said('rollover', '--finish'), /^0 The next root has taken/)
  assert.equal((await rootOf(at)).root, next)
})

type Ended = { code: number; out: string; error: string }
const oneLine = ({ code, out, error }: Ended, expected = 1) => {
  assert.deepEqual([code, out, error.split('\n').length], [expected, '', 2], error)
  return error
}

test('a command makes no database where there is none', async () => {
  await using at = await place()
  mkdirSync(at.state)
  for (const command of [
    ['unlock', 'admin'],
    ['audit', 'key'],
    ['ca', 'status'],
  ])
    assert.match(
      oneLine(await at.launch(...command).ended),
      /^The database cannot be opened: ENOENT.*manager\.db'$/m,
    )
  assert.deepEqual(readdirSync(at.state), [])
})

test('a command that cannot be carried out says why in one line', async () => {
  await using at = await started()
  const known = join(at.state, 'audit-known.json')
  rmSync(known, { force: true })
  mkdirSync(known)
  assert.match(
    oneLine(await at.launch('audit', 'verify').ended, 2),
    /^The command cannot be carried out: EISDIR/,
  )
  writeFileSync(join(at.state, 'master.key'), `${randomBytes(32).toString('base64')}\n`)
  for (const command of [
    ['unlock', 'admin'],
    ['audit', 'key'],
    ['keys', 'rotate'],
  ])
    assert.match(oneLine(await at.launch(...command).ended), /sealed with another master key/)
})
