import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { bundle } from './bundle.ts'

test('a bundle is of one build', async (t) => {
  const above = await mkdtemp(join(tmpdir(), 'bundle-'))
  t.after(() => rm(above, { recursive: true }))
  const folder = join(above, 'linux-patch-agent')
  await bundle(folder)
  const files = await readdir(folder)

  await t.test('a part that is loaded later is named after what is in it', () => {
    const parts = files.filter((name) => name.endsWith('.mjs') && name !== 'agent.mjs')
    assert.ok(parts.some((name) => name.startsWith('x509-')))
    for (const name of parts) assert.match(name, /^[a-z0-9-]+-[\w-]{8}\.mjs$/)
  })

  await t.test('what an earlier build has left is gone', async () => {
    await writeFile(join(folder, 'x509-earlier1.mjs'), '')
    await bundle(folder)
    assert.deepEqual(await readdir(folder), files)
  })
})
