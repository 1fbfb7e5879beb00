import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { isFirst } from './words.ts'

test('a process that has ended meanwhile is not the first of its system, and stops nothing', async () => {
  const process = spawn('sleep', ['60'])
  const pid = String(process.pid)
  assert.equal(isFirst(pid), false)
  process.kill()
  await once(process, 'exit')
  assert.equal(isFirst(pid), false)
})
