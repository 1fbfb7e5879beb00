import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { Run } from '../run.ts'
import { captured } from './captured.test.kit.ts'
import { hostWith } from './host.test.kit.ts'
import { advisoriesOf } from './repository-advisories.ts'

const xml = captured('lab-updateinfo.xml')
const nobody: Run = async (program) => assert.fail(`${program} was run`)

async function read(name: string, content: string | Uint8Array, run = nobody) {
  const updateinfo = join(hostWith({ [name]: content }).root, name)
  const found = await advisoriesOf(run)([{ id: 'lab', updateinfo }])
  return found.get('lab')?.length
}

test('advisories are read however the distribution packs them', async () => {
  assert.equal(await read('0a-updateinfo.xml', xml), 6)
  assert.equal(await read('0a-updateinfo.xml.gz', gzipSync(xml)), 6)
  assert.equal(await read('0a-updateinfo.xml.zst', zstdCompressSync(xml)), 6)
})

test('a file that was cut off is damaged, and that is said', async () => {
  for (const [ending, content] of [
    ['gz', gzipSync(xml)],
    ['zst', zstdCompressSync(xml)],
  ] as const)
    await assert.rejects(read(`0a-updateinfo.xml.${ending}`, content.subarray(0, 200)), {
      code: 'PKG_MANAGER_ERROR',
    })
})

for (const [ending, unpacker] of [
  ['xz', 'xz'],
  ['bz2', 'bzip2'],
] as const)
  test(`${unpacker} unpacks what ends with ${ending}, and its refusal is told`, async () => {
    const name = `0a-updateinfo.xml.${ending}`
    const run: Run = async (program, [option, file]) => {
      assert.deepEqual([program, option, file?.endsWith(name)], [unpacker, '-dc', true])
      return { exitCode: 0, stdout: xml, stderr: '' }
    }
    assert.equal(await read(name, 'packed', run), 6)
    const refusing: Run = async () => ({ exitCode: 1, stdout: '', stderr: 'not recognized' })
    await assert.rejects(read(name, 'packed', refusing), {
      code: 'PKG_MANAGER_ERROR',
      message: /cannot be read: not recognized/,
    })
  })

test('a repository that says nothing is not among those that do', async () => {
  const { root } = hostWith({ 'empty.xml': '<updates></updates>', 'some.xml': xml })
  const found = await advisoriesOf(nobody)([
    { id: 'silent', updateinfo: null },
    { id: 'empty', updateinfo: join(root, 'empty.xml') },
    { id: 'lab', updateinfo: join(root, 'some.xml') },
  ])
  assert.deepEqual([...found.keys()], ['lab'])
})
