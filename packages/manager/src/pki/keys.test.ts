import assert from 'node:assert/strict'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openKeys } from './keys.ts'

async function place() {
  const folder = await mkdtemp(join(tmpdir(), 'lpm-keys-'))
  const path = join(folder, 'master.key')
  return { folder, path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}
const first = (path: string) => openKeys({ path, secrets_exist: false })
const later = (path: string) => openKeys({ path, secrets_exist: true })

test('the first start makes a key that only its owner can read', async () => {
  await using at = await place()
  await first(at.path)
  assert.equal((await stat(at.path)).mode & 0o777, 0o600)
  assert.equal(Buffer.from(await readFile(at.path, 'utf8'), 'base64').length, 32)
  assert.deepEqual(await readdir(at.folder), ['master.key'])
})

test('what was sealed opens after a restart, and not under another name', async () => {
  await using at = await place()
  const { seal } = await first(at.path)
  const { open } = await later(at.path)
  const sealed = seal('ca', 'a secret 🙂')
  assert.equal(open('ca', sealed), 'a secret 🙂')
  assert.equal(open('empty', seal('empty', '')), '')
  assert.throws(() => open('web', sealed), /web cannot be opened/)
  assert.notEqual(seal('ca', 'a secret 🙂'), sealed)
  assert.ok(!sealed.includes('secret'))
})

test('of many first starts at once, all use one key', async () => {
  await using at = await place()
  const keys = await Promise.all(Array.from({ length: 8 }, () => first(at.path)))
  const sealed = keys[0]!.seal('a', 'text')
  for (const { open } of keys) assert.equal(open('a', sealed), 'text')
  assert.deepEqual(await readdir(at.folder), ['master.key'])
})

test('a key that is lost is not replaced: it says what to do', async () => {
  await using at = await place()
  await assert.rejects(later(at.path), /is missing, and the database holds secrets/)
  assert.deepEqual(await readdir(at.folder), [])
})

test('a key that others can read, or that is no key, stops the start', async () => {
  await using at = await place()
  await first(at.path)
  for (const mode of [0o640, 0o604, 0o666]) {
    await chmod(at.path, mode)
    await assert.rejects(later(at.path), /may be read by others/)
  }
  await chmod(at.path, 0o600)
  for (const text of ['', 'hello', 'A'.repeat(44), Buffer.alloc(31).toString('base64')]) {
    await writeFile(at.path, text)
    await assert.rejects(later(at.path), /does not hold 32 bytes in base64/)
  }
})

test('a sealed text that was changed, cut, or sealed by another key stays shut', async () => {
  await using at = await place()
  await using other = await place()
  const { seal, open } = await first(at.path)
  const sealed = seal('ca', 'a secret')
  const bytes = Buffer.from(sealed.slice(3), 'base64url')
  for (let index = 0; index < bytes.length; index++) {
    const changed = Buffer.from(bytes)
    changed.writeUInt8(bytes.readUInt8(index) ^ 1, index)
    assert.throws(() => open('ca', `v1.${changed.toString('base64url')}`), /cannot be opened/)
  }
  const stranger = await first(other.path)
  assert.throws(() => stranger.open('ca', sealed), /sealed with another master key/)
  assert.throws(() => open('ca', sealed.slice(0, 20)), /is cut short/)
  for (const text of ['', sealed.replace('v1', 'v2'), `${sealed}.`, sealed.slice(3)])
    assert.throws(() => open('ca', text), /does not know/)
})
