import assert from 'node:assert/strict'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder } from '../files/folder.test.kit.ts'
import { pastOf } from './past.ts'

test('a host is told by its release, its subscription, its log and its start', async () => {
  const root = newFolder()
  const past = pastOf(root)
  assert.deepEqual(await past(), { ecosystems: [], earlier: new Map(), booted_at: null })

  const token = 'var/lib/ubuntu-advantage/private'
  for (const folder of ['etc', 'proc/1', token]) mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, 'etc/os-release'), 'ID=ubuntu\nVERSION_ID="24.04"\n')
  writeFileSync(join(root, token, 'machine-token.json'), '{}')
  utimesSync(join(root, 'proc/1'), 1000, 1000)
  const now = await past()
  assert.equal(now.ecosystems.length, 4)
  assert.equal(now.booted_at?.toISOString(), '1970-01-01T00:16:40.000Z')
  assert.equal(await past(), now)
})
