import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Run } from '../run.ts'
import { withFreshCache } from './fresh-cache.ts'
import { statePaths } from './state.ts'

function host(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'fresh-cache-'))
  t.after(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true })
  const [status, cache] = [join(root, 'var/lib/dpkg/status'), join(root, 'pkgcache.bin')]
  const answer: Run = async () => ({ exitCode: 0, stdout: '', stderr: '' })
  return {
    run: withFreshCache(answer, { paths: statePaths(root), cacheFolder: root }),
    /** dpkg writes its status within one second, `milliseconds` after it began. */
    write(text: string, milliseconds: number) {
      writeFileSync(status, text)
      const at = 1_700_000_000 + milliseconds / 1000
      utimesSync(status, at, at)
    },
    build: () => writeFileSync(cache, 'cache'),
    isThere: () => existsSync(cache),
  }
}

test('of two changes within one second, alike in size, the later one is seen too', async (t) => {
  const { run, write, build, isThere } = host(t)
  write('version 1.0', 100)
  await run('aptCache', ['policy'])
  build()
  write('version 2.0', 900)
  await run('aptCache', ['policy'])
  assert.equal(isThere(), false)
})

test('while nothing changes, the cache stays', async (t) => {
  const { run, write, build, isThere } = host(t)
  write('version 1.0', 100)
  await run('aptCache', ['policy'])
  build()
  await run('aptGet', ['--simulate'])
  assert.equal(isThere(), true)
})
