import assert from 'node:assert/strict'
import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder } from '../files/folder.test.kit.ts'
import { advisoryFile } from './file.ts'

function start() {
  const file = join(newFolder(), 'advisories.json')
  const warnings: string[] = []
  const advisories = advisoryFile({ file, warn: (problem) => warnings.push(problem) })
  const ids = async () => (await advisories.read()).map(({ id }) => id)
  const write = (...records: unknown[]) => writeFileSync(file, JSON.stringify(records))
  return { file, warnings, advisories, ids, write }
}

test('without a file there is no advisory, and no problem', async () => {
  const { advisories, ids, warnings } = start()
  assert.deepEqual([await ids(), advisories.problem(), warnings], [[], null, []])
})

test('a file is read once, until it changes', async () => {
  const { advisories, ids, write } = start()
  write({ id: 'DSA-1-1' })
  const [one, two] = await Promise.all([advisories.read(), advisories.read()])
  assert.equal(one, two)
  assert.equal(await advisories.read(), one)
  write({ id: 'DSA-1-1' }, { id: 'DSA-2-1' })
  assert.deepEqual(await ids(), ['DSA-1-1', 'DSA-2-1'])
})

test('what cannot be read leaves the last good ones in force, and is told once', async () => {
  const { advisories, ids, write, file, warnings } = start()
  write({ id: 'DSA-1-1' })
  await ids()
  writeFileSync(file, '[{"id":')
  assert.deepEqual([await ids(), await ids()], [['DSA-1-1'], ['DSA-1-1']])
  assert.equal(warnings.length, 1)
  assert.match(advisories.problem() ?? '', /advisories.json cannot be used/)

  write({ id: 'DSA-3-1' })
  assert.deepEqual([await ids(), advisories.problem()], [['DSA-3-1'], null])
})

test('a file that is too large is not even opened', async () => {
  const { ids, file, write, warnings } = start()
  write({ id: 'DSA-1-1' })
  truncateSync(file, 65 * 1024 * 1024)
  assert.deepEqual(await ids(), [])
  assert.match(warnings[0] ?? '', /more than 67108864 bytes/)
})

test('a file that is taken away takes its advisories with it', async () => {
  const { ids, file, write } = start()
  write({ id: 'DSA-1-1' })
  await ids()
  rmSync(file)
  assert.deepEqual(await ids(), [])
})
