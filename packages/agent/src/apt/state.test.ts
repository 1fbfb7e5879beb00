import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { statePaths, untilChanged } from './state.ts'

function host(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'apt-state-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const folder of ['var/lib/dpkg/updates', 'var/lib/apt/lists', 'etc/apt/preferences.d'])
    mkdirSync(join(root, folder), { recursive: true })
  const write = (path: string, text: string) => writeFileSync(join(root, path), text)
  write('var/lib/dpkg/status', 'Package: bash\n')
  write('etc/apt/preferences.d/pins', 'Package: a\n')

  let computed = 0
  const ask = untilChanged(statePaths(root), async () => ++computed)
  return { root, write, ask, paths: statePaths(root) }
}

test('an answer is kept while nothing behind it changes', async (t) => {
  const { ask } = host(t)
  assert.deepEqual([await ask(), await ask()], [1, 1])
})

test('callers at the same time share one computation', async (t) => {
  const { ask } = host(t)
  assert.deepEqual(await Promise.all([ask(), ask(), ask()]), [1, 1, 1])
})

const changes: Record<string, string> = {
  'the package database': 'var/lib/dpkg/status',
  "dpkg's journal": 'var/lib/dpkg/updates/0001',
  'a package list': 'var/lib/apt/lists/mirror.example_Packages',
  'the automatic marks': 'var/lib/apt/extended_states',
  'a pin, edited in place': 'etc/apt/preferences.d/pins',
  'a new source': 'etc/apt/sources.list',
}
for (const [what, path] of Object.entries(changes)) {
  test(`a change to ${what} makes the answer be computed again`, async (t) => {
    const { ask, write } = host(t)
    await ask()
    write(path, 'something longer than before\n')
    assert.equal(await ask(), 2)
  })
}

test('a file of the same size but another time counts as changed', async (t) => {
  const { ask, root } = host(t)
  await ask()
  utimesSync(join(root, 'var/lib/dpkg/status'), 1, 1)
  assert.equal(await ask(), 2)
})

test('a list that apt verified anew counts as changed, though not a byte of it is', async (t) => {
  const { ask, root, write } = host(t)
  write('var/lib/apt/lists/mirror.example_InRelease', 'Origin: Test\n')
  await ask()
  chmodSync(join(root, 'var/lib/apt/lists/mirror.example_InRelease'), 0o644)
  assert.equal(await ask(), 2)
})

test('a computation that failed is forgotten', async (t) => {
  const { paths } = host(t)
  let tries = 0
  const ask = untilChanged(paths, async () => {
    if (++tries === 1) throw new Error('busy')
    return tries
  })
  await assert.rejects(ask(), /busy/)
  assert.equal(await ask(), 2)
})
