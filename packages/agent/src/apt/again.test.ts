import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Program, Ran } from '../run.ts'
import { withPatience } from './again.ts'

const ran = (stderr: string, exitCode = 100): Ran => ({ exitCode, stdout: '', stderr })
const COLLIDED = ran("E: Cache is out of sync, can't x-ref a package file\n")

async function ask(answers: Ran[], program: Program = 'aptCache') {
  let asked = 0
  const run = withPatience(async () => answers[Math.min(asked++, answers.length - 1)] ?? COLLIDED)
  const { exitCode } = await run(program, ['policy'])
  return { exitCode, asked }
}

test('two that build the cache at once do not cost an answer', async () => {
  assert.deepEqual(await ask([COLLIDED, COLLIDED, ran('', 0)]), { exitCode: 0, asked: 3 })
})

test('what does not get better is told, and so is every other failure at once', async () => {
  assert.deepEqual(await ask([COLLIDED]), { exitCode: 100, asked: 5 })
  assert.deepEqual(await ask([ran('E: Unable to locate package x')]), { exitCode: 100, asked: 1 })
  assert.deepEqual(await ask([COLLIDED], 'tar'), { exitCode: 100, asked: 1 })
})
