import assert from 'node:assert/strict'
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { serveFiles, type Faults } from './serve.ts'

const MEGABYTE = 1024 * 1024

/** How long a file of two megabytes takes to come, in seconds. */
async function secondsFor(faults: Partial<Faults>) {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'lab-serve-'))
  const file = join(folder.path, 'big')
  writeFileSync(file, Buffer.alloc(2 * MEGABYTE))
  await using server = await serveFiles({
    address: '127.0.0.1',
    locate: () => file,
    faults: { missing: undefined, spoilt: undefined, bytes_per_second: undefined, ...faults },
    requests: [],
  })
  const start = performance.now()
  const body = await (await fetch(`${server.url}/big`)).arrayBuffer()
  assert.equal(body.byteLength, 2 * MEGABYTE)
  return (performance.now() - start) / 1000
}

for (const megabytes of [1, 4])
  test(`a mirror of ${megabytes} megabytes a second is that slow, and no slower`, async () => {
    const due = 2 / megabytes
    const took = await secondsFor({ bytes_per_second: megabytes * MEGABYTE })
    assert.ok(took > due * 0.9 && took < due + 2, `${took} s instead of ${due} s`)
  })
