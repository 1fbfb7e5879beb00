import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { newFolder } from '../files/folder.test.kit.ts'
import type { Ran, Run } from '../run.ts'
import { captured, knownOf } from './captured.test.kit.ts'
import { solver } from './solver.ts'
import { statePaths } from './state.ts'

function start(...answers: Ran[]) {
  const asked: string[][] = []
  const run: Run = async (program, args) => {
    asked.push([program, ...args])
    const answer = answers.shift()
    assert.ok(answer, 'nobody was to ask again')
    return answer
  }
  const paths = statePaths(newFolder())
  mkdirSync(dirname(paths.status), { recursive: true })
  const change = () => writeFileSync(paths.status, 'changed')
  return { asked, change, solve: solver({ run, paths, cacheOptions: ['-o', 'a=b'] }) }
}
const refused = (stdout = captured('debian-13-assume-no')) => ({ exitCode: 1, stdout, stderr: '' })

test('apt is asked once for each state of a host, and without its lock', async () => {
  const { asked, change, solve } = start(refused(), refused())
  solve.begin()
  const known = knownOf('debian-13')
  assert.equal(solve.soFar(known), null)
  const [first, second] = await Promise.all([solve.whenKnown(known), solve.whenKnown(known)])
  assert.equal(first, second)
  assert.equal(solve.soFar(known), first)
  assert.equal(first?.kept_back.size, 2)

  change()
  const next = knownOf('debian-13')
  assert.equal(solve.soFar(next), null)
  await solve.whenKnown(next)
  const words =
    'aptGet -o a=b -o Dir::Cache::pkgcache= -o Debug::NoLocking=1 --assume-no --verbose-versions --quiet --with-new-pkgs upgrade'
  assert.deepEqual(
    asked.map((line) => line.join(' ')),
    [words, words],
  )
})

test('a host without updates, or without lists, has no question', async () => {
  const { solve } = start()
  const known = knownOf('debian-13')
  assert.equal(await solve.whenKnown({ ...known, updates: new Map() }), null)
  assert.equal(await solve.whenKnown({ ...known, updates: null }), null)
})

test('a host that apt cannot upgrade at all has no answer', async () => {
  const { solve } = start({ exitCode: 100, stdout: '', stderr: 'E: Unmet dependencies.' })
  assert.equal(await solve.whenKnown(knownOf('debian-13')), null)
})

test('an answer that cannot be read is told to whoever waits, and asked for again', async () => {
  const text = 'The following packages will be upgraded:\n   new words\n'
  const { solve } = start(refused(text), refused())
  const known = knownOf('debian-13')
  assert.equal(solve.soFar(known), null)
  await assert.rejects(solve.whenKnown(known), { code: 'PKG_MANAGER_ERROR' })
  assert.equal((await solve.whenKnown(known))?.kept_back.size, 2)
})
