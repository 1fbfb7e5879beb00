import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder } from './folder.test.kit.ts'
import { writeAtomic, writeTogether } from './atomic-file.ts'

test('a file is replaced as a whole, with the mode that was asked for', async () => {
  const folder = newFolder()
  const file = join(folder, 'key.pem')
  await writeAtomic(file, 'old', 0o644)
  await writeAtomic(file, 'new', 0o600)
  assert.equal(readFileSync(file, 'utf8'), 'new')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(folder), ['key.pem'])
})

test('what cannot be put in its place leaves no trace', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'taken'))
  await assert.rejects(writeAtomic(join(folder, 'taken'), 'text'))
  assert.deepEqual(readdirSync(folder), ['taken'])
})

test('of files that belong together none is replaced where there is no room for one', async () => {
  const folder = newFolder()
  const one = (name: string) => ({ file: join(folder, name), text: 'new', mode: 0o600 })
  await writeAtomic(join(folder, 'key.pem'), 'old')
  await assert.rejects(writeTogether([one('key.pem'), one('gone/server.pem')]), { code: 'ENOENT' })
  assert.equal(readFileSync(join(folder, 'key.pem'), 'utf8'), 'old')
  assert.deepEqual(readdirSync(folder), ['key.pem'])
  await writeTogether([one('key.pem'), one('server.pem')])
  assert.deepEqual(readdirSync(folder), ['key.pem', 'server.pem'])
})
