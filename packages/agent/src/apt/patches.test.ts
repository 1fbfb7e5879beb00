import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Patch } from '@linux-patch/shared/patch'
import { parseOsv } from '../advisories/osv.ts'
import { newFolder } from '../files/folder.test.kit.ts'
import type { Ran, Run } from '../run.ts'
import { captured, knownOf, solutionOf } from './captured.test.kit.ts'
import { patchFinder } from './patches.ts'
import { rememberedStanzas } from './stanzas.ts'
import { statePaths } from './state.ts'

const openssl = {
  id: 'DSA-6015-1',
  affected: [
    {
      package: { ecosystem: 'Debian:12', name: 'openssl' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '3.0.22-1~deb12u2' }] }],
    },
  ],
}

function start(...answers: Ran[]) {
  const root = newFolder()
  mkdirSync(join(root, 'etc'))
  writeFileSync(join(root, 'etc/os-release'), 'ID=debian\nVERSION_ID="12"\n')
  const asked: string[][] = []
  const run: Run = async (_program, args) => {
    asked.push(args.filter((word) => word.includes('=')))
    const answer = answers.shift()
    assert.ok(answer, 'nobody was to ask again')
    return answer
  }
  const solution = solutionOf('debian-12')
  const solver = { whenKnown: async () => solution }
  let records: object[] = []
  const advisories = async () => parseOsv(JSON.stringify(records))
  const paths = statePaths(root)
  mkdirSync(paths.lists, { recursive: true })
  const askStanzas = rememberedStanzas({ run, paths, cacheOptions: [] })
  return {
    asked,
    fetchLists: () => writeFileSync(join(paths.lists, 'mirror.example_Packages'), ''),
    find: patchFinder({ run, root, askStanzas, solver, advisories }),
    send: (...sent: object[]) => (records = sent),
  }
}
const shown = { exitCode: 0, stdout: captured('debian-12-stanzas'), stderr: '' }

test('without advisories, 128 updates are 56 patches by source', async () => {
  const { find } = start(shown)
  const patches = await find(knownOf('debian-12'))
  assert.equal(patches.length, 56)
  for (const one of patches) Patch.parse(one)
})

test('an advisory comes first, and takes the place of the patch by source', async () => {
  const { find, send } = start(shown)
  const known = knownOf('debian-12')
  await find(known)
  send(openssl)
  const patches = await find(known)
  assert.equal(patches.length, 56)
  assert.equal(patches[0]?.id, 'DSA-6015-1')
  assert.ok(!patches.some(({ id }) => id.startsWith('SEC-openssl')))
})

test('the lists are asked again where they failed, for what is new, and when they are new', async () => {
  const failed = { exitCode: 100, stdout: '', stderr: 'E: no' }
  const { find, asked, fetchLists } = start(failed, shown, shown, shown)
  const known = knownOf('debian-12')
  await assert.rejects(find(known), { code: 'PKG_MANAGER_ERROR' })
  await find(known)
  await find(known)
  await find({ ...known })
  assert.deepEqual(
    asked.map((exact) => exact.length),
    [128, 128],
  )

  const update = known.updates?.get('openssl')
  assert.ok(update)
  const newer = new Map(known.updates).set('openssl', { ...update, version: '3.0.23' })
  await find({ ...known, updates: newer })
  assert.deepEqual(asked[2], ['openssl=3.0.23'])

  fetchLists()
  await find({ ...known })
  assert.equal(asked[3]?.length, 128)
})

test('without package lists there is no patch', async () => {
  const { find } = start()
  assert.deepEqual(await find({ ...knownOf('debian-12'), updates: null }), [])
})
