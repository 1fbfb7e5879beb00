import assert from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { newFolder } from './folder.test.kit.ts'
import { watchFolder } from './watch.ts'

const failing = (code: string) => () => {
  throw Object.assign(new Error(`inotify: ${code}`), { code })
}

async function until(isSo: () => boolean) {
  for (let left = 100; !isSo(); left -= 1) {
    assert.ok(left > 0, 'it did not happen within five seconds')
    await wait(50)
  }
}

test('a folder that is not there is a mistake, and not looked at by the clock', () =>
  assert.throws(() => watchFolder(join(newFolder(), 'none'), () => {}), { code: 'ENOENT' }))

for (const code of ['EMFILE', 'ENOSPC'])
  test(`where the kernel has no watch left (${code}), changes are found by the clock`, async () => {
    const folder = newFolder()
    const problems: unknown[] = []
    let changes = 0
    const stop = watchFolder(folder, () => void (changes += 1), {
      pollMs: 20,
      watch: failing(code),
      onPolling: (error) => problems.push(error),
    })
    assert.equal(problems.length, 1)
    await wait(100)
    assert.equal(changes, 0)

    writeFileSync(join(folder, 'new'), 'one')
    await until(() => changes === 1)
    writeFileSync(join(folder, 'newer'), 'two')
    renameSync(join(folder, 'newer'), join(folder, 'new'))
    await until(() => changes >= 2)
    stop()
    const heard = changes
    writeFileSync(join(folder, 'new'), 'three')
    await wait(100)
    assert.equal(changes, heard)
  })
