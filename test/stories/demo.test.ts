import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { skipWithout } from '../needs.ts'
import { freePort } from './manager.ts'

const MAIN = join(import.meta.dirname, '../../deploy/demo/main.ts')

test(
  'the demo proves itself on two hosts made of this machine',
  { skip: skipWithout('lab') },
  async () => {
    const DEMO_PORT = `${await freePort('0.0.0.0')}`
    const demo = spawn(process.execPath, [MAIN, '--once'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEMO_PORT },
    })
    const [printed, complaints, [code]] = await Promise.all([
      text(demo.stdout),
      text(demo.stderr),
      once(demo, 'exit'),
    ])
    assert.equal(code, 0, `${printed}${complaints}`)
    assert.match(printed, /The job is completed\./)
    assert.match(printed, /lab-lib +1\.0-1 +1\.0-2 +done +1\.0-2/)
    assert.match(printed, /Preview of web: fetches \d+ kB, no reboot, can be rolled back/)
    assert.match(printed, /The rollback is completed\./)
    assert.match(printed, /lab-lib +1\.0-2 +1\.0-1 +done +1\.0-1$/m)
    assert.match(printed, /Proven in \d+ seconds: dpkg in both hosts agrees\./)
  },
)
