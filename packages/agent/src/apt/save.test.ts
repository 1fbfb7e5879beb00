import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { TransactionChange } from '@linux-patch/shared/transaction'
import type { Plan } from '../package-manager.ts'
import type { Ran, Run } from '../run.ts'
import { canSave } from './can-save.ts'
import { savePackages } from './save.ts'
import { statePaths } from './state.ts'
import { byName, installed } from './transaction.test.kit.ts'

const ran = (stdout: string, exitCode = 0): Ran => ({ exitCode, stdout, stderr: '' })
const change = (name: string, changes: Partial<TransactionChange> = {}): TransactionChange => ({
  name,
  action: 'upgrade',
  version_before: '1:1.0',
  version_planned: '1:2.0',
  download_bytes: 1,
  origins: [],
  security: false,
  ...changes,
})
const plan = (...changes: TransactionChange[]): Plan => ({
  changes,
  download_bytes: 0,
  disk_bytes: 0,
})
const POLICY = (archive: string) =>
  `lab:\n  Installed: 1:1.0\n  Candidate: 1:2.0\n  Version table:\n *** 1:1.0 100\n        100 ${archive}\n`

/** A host with a package of which the only file is gone, so that it cannot be made again. */
function host(t: TestContext, { offered = false, downloads = true } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'apt-save-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const folder of ['usr', 'var/lib/dpkg/info', 'var/cache/apt/archives'])
    mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, 'var/lib/dpkg/info/lab.list'), '/.\n/usr\n/usr/gone\n')
  const asked: string[] = []
  const run: Run = async (program, args, options) => {
    asked.push([program, ...args].join(' '))
    if (program === 'aptCache')
      return ran(
        POLICY(offered ? 'http://mirror.example/debian x/main Packages' : '/var/lib/dpkg/status'),
      )
    if (program === 'aptGet') {
      if (downloads) writeFileSync(join(options?.folder ?? '', 'lab_1%3a1.0_amd64.deb'), 'fetched')
      return ran('', downloads ? 0 : 100)
    }
    if (program === 'dpkgDeb') return ran('1:1.0\n')
    return ran('Package: lab\nVersion: 1:1.0\n')
  }
  const deps = { run, root, paths: statePaths(root), cacheOptions: [] }
  const all = byName(installed('lab', { version: '1:1.0' }), installed('new'))
  return { root, deps, all, asked, folder: join(root, 'saved') }
}

test('what apt has fetched once is kept from there, and nobody is asked for it', async (t) => {
  const { root, deps, all, asked, folder } = host(t)
  writeFileSync(join(root, 'var/cache/apt/archives/lab_1%3a1.0_amd64.deb'), '')
  assert.deepEqual(await canSave(plan(change('lab')), all, deps), { possible: true, reason: null })
  const saved = await savePackages(plan(change('lab')), folder, { ...deps, installed: all })
  assert.deepEqual(saved, { files: { lab: join(folder, 'lab_1_1.0_amd64.deb') }, missing: {} })
  assert.ok(!asked.some((line) => line.startsWith('aptGet')))
})

test('what an archive still offers is fetched, in one go and by its exact version', async (t) => {
  const { deps, all, asked, folder } = host(t, { offered: true })
  assert.equal((await canSave(plan(change('lab')), all, deps)).possible, true)
  const saved = await savePackages(plan(change('lab')), folder, { ...deps, installed: all })
  assert.deepEqual([readdirSync(folder), saved.missing], [['lab_1_1.0_amd64.deb'], {}])
  assert.match(asked.find((line) => line.startsWith('aptGet')) ?? '', / download -- lab=1:1\.0$/)
})

test('what cannot be had in any way is missing, for a reason that names the file', async (t) => {
  for (const offered of [false, true]) {
    const { deps, all, folder } = host(t, { offered, downloads: false })
    const saved = await savePackages(plan(change('lab')), folder, { ...deps, installed: all })
    assert.deepEqual(saved.files, {})
    assert.match(saved.missing['lab'] ?? '', /lab 1:1\.0 .* \/usr\/gone is not on the disk/)
  }
  const { deps, all } = host(t)
  const { possible, reason } = await canSave(plan(change('lab')), all, deps)
  assert.deepEqual([possible, reason?.includes('/usr/gone')], [false, true])
})

test('a half installed package cannot be made again', async (t) => {
  const { deps, folder } = host(t)
  const all = byName(installed('lab', { version: '1:1.0', status: 'broken' }))
  const saved = await savePackages(plan(change('lab')), folder, { ...deps, installed: all })
  assert.match(saved.missing['lab'] ?? '', /only half installed/)
})

test('what comes new has nothing to keep', async (t) => {
  const { deps, all, folder } = host(t)
  const fresh = plan(change('new', { action: 'install', version_before: null }))
  assert.deepEqual(await canSave(fresh, all, deps), { possible: true, reason: null })
  const saved = await savePackages(fresh, folder, { ...deps, installed: all })
  assert.deepEqual(saved, { files: {}, missing: {} })
})
