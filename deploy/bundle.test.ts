import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { bundle } from './bundle.ts'

const modules = async () => {
  const names = await readdir(await bundle())
  return names.filter((name) => name.endsWith('.mjs'))
}

test('a part that is loaded later is named after what is in it, so that it is of the same build', async () => {
  const parts = (await modules()).filter((name) => name !== 'agent.mjs')
  assert.ok(parts.some((name) => name.startsWith('x509-')))
  for (const name of parts) assert.match(name, /^[a-z0-9-]+-[\w-]{8}\.mjs$/)
})
