import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ran, Run } from '../run.ts'
import { captured, knownOf } from './captured.test.kit.ts'
import { solver } from './solver.ts'

function start(...answers: Ran[]) {
  const asked: string[][] = []
  const run: Run = async (program, args) => {
    asked.push([program, ...args])
    const answer = answers.shift()
    assert.ok(answer, 'nobody was to ask again')
    return answer
  }
  return { asked, solve: solver({ run, cacheOptions: ['-o', 'a=b'] }) }
}
const refused = (stdout = captured('debian-13-assume-no')) => ({ exitCode: 1, stdout, stderr: '' })

test('apt is asked once for each state of a host, and without its lock', async () => {
  const { asked, solve } = start(refused(), refused())
  const known = knownOf('debian-13')
  assert.equal(solve.soFar(known), null)
  const [first, second] = await Promise.all([solve.whenKnown(known), solve.whenKnown(known)])
  assert.equal(first, second)
  assert.equal(solve.soFar(known), first)
  assert.equal(first?.kept_back.size, 2)

  assert.equal(solve.soFar(knownOf('debian-13')), null)
  const words =
    'aptGet -o a=b -o Debug::NoLocking=1 --assume-no --verbose-versions --quiet dist-upgrade'
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
