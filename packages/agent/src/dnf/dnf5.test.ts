import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { nothingAsked } from '../package-manager.ts'
import type { Run } from '../run.ts'
import { captured } from './captured.test.kit.ts'
import { dnf } from './dnf.ts'
import { parseAutomatic, parseRepositories, parseUpgrades } from './dnf5.ts'

// Made up, in the forms that the manual of dnf 5 has for `repo list --json` and for each tag of a query format.
const printed = (words: string[]) => {
  if (words.includes('repo')) return captured('fedora-42-documented-repositories.json')
  if (words.includes('--installonly')) return 'kernel-core\n'
  if (words.includes('--installed')) return captured('fedora-42-documented-reasons.txt')
  const all = captured('fedora-42-documented-upgrades.txt')
  return words.includes('--setopt=disable_excludes=*') ? all : all.replace(/^lab-hello.*\n/m, '')
}

function host(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'dnf5-'))
  t.after(() => rmSync(root, { recursive: true }))
  const repodata = join(root, 'var/cache/libdnf5/updates-2d95c80a1fa0a67d/repodata')
  mkdirSync(repodata, { recursive: true })
  writeFileSync(join(repodata, '0a-primary.xml.zst'), '')
  const advisories = new URL('captured/lab-updateinfo.xml', import.meta.url)
  cpSync(advisories, join(repodata, '0b-updateinfo.xml'))
  const asked: string[][] = []
  const run: Run = async (program, args) => {
    asked.push([program, ...args])
    const stdout = program === 'rpm' ? captured('lab-installed.txt') : printed(args)
    return { exitCode: 0, stdout, stderr: '' }
  }
  return { asked, manager: dnf(run, { root, generation: 5 }) }
}

test('what dnf 5 offers is listed with the advisories that it has fetched', async (t) => {
  const { manager } = host(t)
  const { packages, lists_updated_at } = await manager.list()
  const lib = packages.find(({ name }) => name === 'lab-lib')
  assert.deepEqual([lib?.available_version, lib?.security], ['1.0-2', true])
  assert.ok(lists_updated_at)
  const hello = packages.find(({ name }) => name === 'lab-hello')
  assert.equal(hello?.blocked_by?.reason, 'excluded')
  const ids = (await manager.patches()).map(({ id }) => id)
  assert.ok(ids.includes('RLSA-2025:0001'))
})

test('nothing is changed by way of dnf 5, and that is said', async (t) => {
  const { manager, asked } = host(t)
  const packages = [{ name: 'lab-lib', version: null }]
  const request = { ...nothingAsked, operation: 'update' as const, packages }
  const refusal = { code: 'PKG_MANAGER_ERROR', message: /dnf 5.*does not change them yet/ }
  await assert.rejects(manager.resolve(request), refusal)
  const exact = { ...request, packages: [{ name: 'lab-lib', version: '1.0-2' }] }
  await assert.rejects(manager.plan(exact), refusal)
  assert.deepEqual(manager.repair({ interrupted: true, broken_packages: ['lab-lib'] }), [])
  for (const [program, ...words] of asked)
    assert.ok(program === 'rpm' || words.includes('--cacheonly'), words.join(' '))
})

test('an epoch, a reason and a repository that is switched off are read', () => {
  const [vim] = parseUpgrades('vim-minimal|x86_64|2:9.1.1275-1.fc42|updates|vim\n')
  assert.deepEqual([vim?.version, vim?.source, vim?.taken], ['2:9.1.1275-1.fc42', 'vim', true])
  const reasons = 'vim|2:9.1-1|x86_64|User\nlibx|1-1|noarch|Weak Dependency\nold|1-1|noarch|None\n'
  assert.deepEqual(parseAutomatic(reasons), ['libx-1-1.noarch'])
  const list = '[{"id":"a","name":"A","is_enabled":true},{"id":"b","name":"B","is_enabled":false}]'
  assert.deepEqual(parseRepositories(list), ['a'])
})

test('a line of another form is an error, never a missing update', () => {
  const refusal = { code: 'PKG_MANAGER_ERROR' }
  assert.throws(() => parseUpgrades('Updating and loading repositories:\n'), refusal)
  assert.throws(() => parseAutomatic('vim|2:9.1-1\n'), refusal)
})
