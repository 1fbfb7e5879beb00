import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Run } from '../run.ts'
import { remembered } from './remembered.ts'
import { statePaths } from './state.ts'

function host(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'remembered-'))
  t.after(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true })
  let asked = 0
  let broken = false
  const run: Run = async () => {
    asked += 1
    if (broken) throw new Error('no memory')
    return { exitCode: 0, stdout: `answer ${asked}`, stderr: '' }
  }
  return {
    run: remembered(run, statePaths(root)),
    asked: () => asked,
    breakIt: (now: boolean) => (broken = now),
    change: () => writeFileSync(join(root, 'var/lib/dpkg/status'), `${asked}`),
  }
}
const QUESTION = ['--simulate', 'install', 'openssl=3.0.22']

test('apt is asked the same question once', async (t) => {
  const { run, asked } = host(t)
  const answers = await Promise.all([run('aptGet', QUESTION), run('aptGet', QUESTION)])
  assert.deepEqual(
    answers.map(({ stdout }) => stdout),
    ['answer 1', 'answer 1'],
  )
  assert.equal(asked(), 1)
})

test('another question is asked', async (t) => {
  const { run, asked } = host(t)
  await run('aptGet', QUESTION)
  await run('aptGet', [...QUESTION, 'bash=5.2'])
  assert.equal(asked(), 2)
})

test('after a change of the packages it is asked again', async (t) => {
  const { run, change } = host(t)
  await run('aptGet', QUESTION)
  change()
  assert.equal((await run('aptGet', QUESTION)).stdout, 'answer 2')
})

test('what changes the host is never taken for a question', async (t) => {
  const { run, asked } = host(t)
  const command = ['--yes', 'install', 'openssl=3.0.22']
  await run('aptGet', command)
  await run('aptGet', command)
  assert.equal(asked(), 2)
})

test('a question that could not be asked is asked again', async (t) => {
  const { run, breakIt } = host(t)
  breakIt(true)
  await assert.rejects(run('aptGet', QUESTION), /no memory/)
  breakIt(false)
  assert.equal((await run('aptGet', QUESTION)).stdout, 'answer 2')
})
