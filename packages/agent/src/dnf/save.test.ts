import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import type { Plan } from '../package-manager.ts'
import { newFolder } from '../files/folder.test.kit.ts'
import { byName } from './captured.test.kit.ts'
import type { Ask, Exact, Offer } from './program.ts'
import { canSave, savePackages } from './save.ts'
import { savedFileName } from './saved-file.ts'

const installed = byName()
type Change = Plan['changes'][number]
const change = (name: string, action: Change['action']): Change => ({
  name,
  action,
  version_before: installed.get(name)?.version ?? null,
  version_planned: action === 'remove' ? null : '9-9',
  download_bytes: null,
  origins: [],
  security: false,
})
const planOf = (...changes: Change[]): Plan => ({ changes, download_bytes: 0, disk_bytes: 0 })
const plan = planOf(change('lab-lib', 'upgrade'), change('lab-held', 'remove'))

/** Repositories that have these packages, in the versions that are installed; of the others a part comes. */
const repositories = (...names: string[]): Ask =>
  (async (question: string, asked: { packages: Exact[]; folder: string }) => {
    if (question === 'offers')
      return names.map((name): Offer => {
        const { plain, version, architecture } = installed.get(name) ?? assert.fail()
        return { name: plain, version, arch: architecture, repository: 'lab', excluded: false }
      })
    for (const one of asked.packages) writeFileSync(join(asked.folder, savedFileName(one)), '')
    return { packages: asked.packages.filter(({ name }) => names.includes(name)), problem: '' }
  }) as unknown as Ask

test('what a repository still has can be taken back, and nothing else', async () => {
  const both = await canSave(plan, { ask: repositories('lab-lib', 'lab-held'), installed })
  assert.deepEqual(both, { possible: true, reason: null })
  const { possible, reason } = await canSave(plan, { ask: repositories('lab-lib'), installed })
  assert.equal(possible, false)
  assert.match(reason ?? '', /no repository of this host has lab-held 1:1\.0-1 any more/)
})

test('what comes new, or beside what is there, needs no saving', async () => {
  const ask = repositories()
  const nothing = planOf(change('lab-extra', 'install'), change('kernel', 'install'))
  assert.deepEqual(await canSave(nothing, { ask, installed }), { possible: true, reason: null })
  const saved = await savePackages(nothing, newFolder(), { ask, installed })
  assert.deepEqual(saved, { files: {}, missing: {} })
})

test('the old packages are kept in the folder, and what could not be is told with its reason', async () => {
  const folder = join(newFolder(), 'saved')
  const saved = await savePackages(plan, folder, { ask: repositories('lab-lib'), installed })
  assert.deepEqual(saved.files, { 'lab-lib': join(folder, 'lab-lib-1.0-1.noarch.rpm') })
  assert.ok(existsSync(join(folder, 'lab-lib-1.0-1.noarch.rpm')))
  assert.match(saved.missing['lab-held'] ?? '', /no repository of this host has lab-held/)
})

test('where nothing could be fetched, that is the reason', async () => {
  const ask = (async () => {
    throw new Failure('PKG_MANAGER_ERROR', 'dnf: the mirror is away')
  }) as Ask
  const { missing } = await savePackages(plan, newFolder(), { ask, installed })
  assert.deepEqual(missing, {
    'lab-lib': 'dnf: the mirror is away',
    'lab-held': 'dnf: the mirror is away',
  })
})
