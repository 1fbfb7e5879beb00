import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder } from '../files/folder.test.kit.ts'
import type { Run } from '../run.ts'
import { captured, stanzasOf } from './captured.test.kit.ts'
import { changelogs } from './changelogs.ts'
import type { Stanza } from './stanzas.ts'

const text = captured('debian-12-changelog')
const [, stanza] = [...stanzasOf('debian-12')].find(([key]) => key.startsWith('libkrb5-3=')) ?? []
assert.ok(stanza)
const krb5: Stanza = { ...stanza, download_bytes: 5 }
const file = 'libkrb5-3_1.20.1-2+deb12u5_amd64.deb'

function start(answer: () => Promise<string>, patience_ms = 60_000) {
  const root = newFolder()
  const folder = join(root, 'var/cache/apt/archives')
  mkdirSync(folder, { recursive: true })
  const paths: string[] = []
  const run: Run = async (_program, args, { through = [] } = {}) => {
    paths.push(`${args[1]?.slice(folder.length + 1)} ${through[0]?.[1].at(-1)}`)
    const stdout = await answer()
    return { exitCode: stdout === '' ? 1 : 0, stdout, stderr: '' }
  }
  const ask = changelogs({ run, root, patience_ms })
  return {
    folder,
    paths,
    ask,
    write: (bytes = 'bytes') => writeFileSync(join(folder, file), bytes),
  }
}

test('a package that apt has fetched tells its changelog, also when it is gone again', async () => {
  const { folder, paths, ask, write } = start(async () => text)
  assert.deepEqual(await ask([[krb5]]), [[]])
  write()
  const [[newest] = []] = await ask([[krb5]])
  assert.equal(newest?.version, '1.20.1-2+deb12u5')
  assert.deepEqual(paths, [`${file} ./usr/share/doc/libkrb5-3/changelog.Debian.gz`])

  rmSync(folder, { recursive: true })
  const again = await ask([[], [krb5]])
  assert.deepEqual([again[0], again[1]?.[0]], [[], newest])
  assert.equal(paths.length, 1)
})

test('whoever asks at the same time waits for the same reading', async () => {
  const { paths, ask, write } = start(async () => text)
  write()
  await Promise.all([ask([[krb5]]), ask([[krb5]])])
  assert.equal(paths.length, 1)
})

test('a package that is not whole, or too large to unpack, is left alone', async () => {
  const { paths, ask, write } = start(async () => text)
  write('byt')
  await ask([[krb5]])
  write()
  await ask([[{ ...krb5, download_bytes: 64 * 1024 * 1024 }]])
  assert.deepEqual(paths, [])
})

test('without a changelog in it, nothing is known, and nobody looks twice', async () => {
  const { paths, ask, write } = start(async () => '')
  write()
  assert.deepEqual([await ask([[krb5]]), await ask([[krb5]])], [[[]], [[]]])
  assert.equal(paths.length, 2)
})

test('an answer does not wait for long; the next one has what was read meanwhile', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const { ask, write } = start(() => promise, 1)
  write()
  assert.deepEqual(await ask([[krb5]]), [[]])
  resolve(text)
  await promise
  await new Promise(setImmediate)
  assert.equal((await ask([[krb5]]))[0]?.[0]?.urgency, 'high')
})
