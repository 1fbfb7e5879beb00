import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { PackageDetail, Package } from '@linux-patch/shared/package'
import { Patch } from '@linux-patch/shared/patch'
import { skipWithout } from '../needs.test.kit.ts'
import { run as realRun, type Program, type Ran, type Run } from '../run.ts'
import { apt } from './apt.ts'
import { request as transaction } from './transaction.test.kit.ts'

const captured = (name: string) =>
  readFileSync(new URL(`captured/${name}.txt`, import.meta.url), 'utf8')
const ran = (stdout: string, exitCode = 0): Ran => ({ exitCode, stdout, stderr: '' })

/** What each program of a Debian 12 host printed; its name and the first word that is no option choose. */
const answers: Record<string, () => Ran> = {
  dpkg: () => ran('amd64'),
  dpkgQuery: () => ran(captured('debian-12-installed')),
  'aptCache policy': () => ran(captured('debian-12-releases')),
  'aptCache policy of names': () => ran(captured('debian-12-policy')),
  'aptCache show': () => ran(captured('debian-12-stanzas')),
  'aptGet install': () => ran(captured('debian-12-dist-upgrade')),
  'aptGet upgrade': () => ran(captured('debian-12-assume-no'), 1),
  'aptMark auto': () => ran(''),
  'aptMark manual': () => ran(''),
}

function host(t: TestContext, changes: Record<string, () => Ran> = {}, lists = true) {
  const root = mkdtempSync(join(tmpdir(), 'apt-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const folder of ['var/lib/dpkg/updates', 'var/lib/apt/lists/partial', 'cache'])
    mkdirSync(join(root, folder), { recursive: true })
  if (lists) writeFileSync(join(root, 'var/lib/apt/lists/mirror.example_Packages.lz4'), '')

  const asked: string[][] = []
  const run: Run = async (program, args) => {
    asked.push([program, ...args])
    const answer = { ...answers, ...changes }[keyOf(program, args)]
    assert.ok(answer, `nothing was captured for ${program} ${args.join(' ')}`)
    return answer()
  }
  return { apt: apt(run, { cacheFolder: join(root, 'cache'), root }), asked, root }
}

function keyOf(program: Program, args: string[]): string {
  const words = args.filter((word, at) => !word.startsWith('-') && args[at - 1] !== '-o')
  if (program === 'dpkg' || program === 'dpkgQuery') return program
  return `${program} ${words[0]}${words[0] === 'policy' && words.length > 1 ? ' of names' : ''}`
}

const request = transaction({ packages: [{ name: 'openssl', version: null }] })

test('a list is read once for all who ask, until the host changes', async (t) => {
  const { apt: manager, asked, root } = host(t)
  const readings = () => asked.filter(([program]) => program === 'dpkgQuery').length
  const [first, second] = await Promise.all([manager.list(), manager.list()])
  await manager.list()
  assert.equal(first, second)
  assert.equal(first.packages.length, 737)
  assert.equal(readings(), 1)

  writeFileSync(join(root, 'var/lib/dpkg/status'), 'changed')
  await manager.list()
  assert.equal(readings(), 2)
})

test('why a host should reboot needs no reading of its own, until the host changes', async (t) => {
  const { apt: manager, asked, root } = host(t)
  const readings = () => asked.filter(([program]) => program === 'dpkgQuery').length
  mkdirSync(join(root, 'proc/1'), { recursive: true })
  writeFileSync(join(root, 'proc/stat'), 'btime 1795343593\n')
  writeFileSync(join(root, 'proc/1/stat'), '')
  await manager.list()
  await manager.rebootReasons()
  assert.equal(readings(), 1)

  writeFileSync(join(root, 'var/lib/dpkg/status'), 'changed')
  await manager.rebootReasons()
  assert.equal(readings(), 2)
})

test('what is listed, shown and offered keeps the contract', async (t) => {
  const { apt: manager } = host(t)
  for (const one of (await manager.list()).packages) Package.parse(one)
  for (const one of await manager.patches()) Patch.parse(one)
  PackageDetail.parse(await manager.get('openssl'))
})

test('a host without package lists answers that it does not know', async (t) => {
  const { apt: manager, asked } = host(t, {}, false)
  const { packages, lists_updated_at } = await manager.list()
  assert.equal(lists_updated_at, null)
  assert.deepEqual([...new Set(packages.map(({ upgradable }) => upgradable))], [null])
  assert.deepEqual(await manager.patches(), [])
  // Whoever asked for an upgrade all the same would not have waited for it.
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.ok(!asked.some((line) => line.includes('upgrade')))
})

test('without package lists nothing is called up to date that might not be', async (t) => {
  const { apt: manager } = host(t, {}, false)
  const unknown = { code: 'PKG_MANAGER_ERROR', message: /^This host has no package lists: / }
  await assert.rejects(manager.resolve(request), unknown)
  await assert.rejects(manager.resolve({ ...request, operation: 'update' }), unknown)
  const none = [{ name: 'no-such-package', version: null }]
  await assert.rejects(manager.resolve({ ...request, packages: none }), { code: 'PKG_NOT_FOUND' })
})

test('apt keeps its caches in our folder, whatever the host has set', async (t) => {
  const { apt: manager, asked, root } = host(t)
  await manager.patches()
  const resolved = await manager.resolve(request)
  await manager.plan(resolved)
  const lines = asked.filter(([program]) => program?.startsWith('apt'))
  assert.ok(lines.length >= 6)
  for (const line of lines)
    assert.ok(line.includes(`Dir::Cache::pkgcache=${root}/cache/pkgcache.bin`), line.join(' '))
  const work = [
    manager.install(resolved, 'j'),
    manager.download(resolved, 'j'),
    manager.refresh('j'),
  ]
  for (const { argv } of work)
    assert.ok(
      argv.includes(`Dir::Cache::srcpkgcache=${root}/cache/job-srcpkgcache.bin`),
      argv.join(' '),
    )
})

test('a plan is what apt says, with the sizes that the package lists claim', async (t) => {
  const { apt: manager } = host(t)
  const plan = await manager.plan(await manager.resolve(request))
  assert.equal(plan.changes.length, 128)
  assert.deepEqual([plan.download_bytes, plan.disk_bytes], [213_096_776, 3_229_696])
})

test('each change says what it fetches, from where, and whether it is a fix', async (t) => {
  const { apt: manager, root } = host(t)
  const plan = await manager.plan(await manager.resolve(request))
  assert.deepEqual(
    plan.changes.find(({ name }) => name === 'openssl'),
    {
      name: 'openssl',
      action: 'upgrade',
      version_before: '3.0.19-1~deb12u2',
      version_planned: '3.0.22-1~deb12u2',
      download_bytes: 1_441_784,
      origins: ['Debian-Security:12/oldstable-security'],
      security: true,
    },
  )
  const cached = join(root, 'var/cache/apt/archives/openssl_3.0.22-1~deb12u2_amd64.deb')
  mkdirSync(join(root, 'var/cache/apt/archives'), { recursive: true })
  writeFileSync(cached, Buffer.alloc(1_441_784))
  const again = await manager.plan(await manager.resolve(request))
  assert.equal(plan.download_bytes - again.download_bytes, 1_441_784)
  assert.deepEqual(again.changes, plan.changes)
})

test('patches that were asked for together are cut by their sources, and nothing else is cut', async (t) => {
  const { apt: manager, asked } = host(t)
  const names = ['openssl', 'bash', 'libssl3']
  const packages = names.map((name) => ({ name, version: null }))
  const resolved = await manager.resolve({ ...request, packages })
  const groups = await manager.groups(resolved)
  assert.deepEqual(
    groups.map((group) => group.packages.map(({ name }) => name)),
    [['openssl', 'libssl3'], ['bash']],
  )
  asked.length = 0
  const update = { ...resolved, operation: 'update' as const }
  assert.deepEqual(await manager.groups(update), [update])
  assert.ok(!asked.some(([program]) => program === 'aptGet'))
})

test('an excluded package is pinned in the plan, the download and the installation alike', async (t) => {
  const { apt: manager, asked } = host(t)
  const packages = [...request.packages, { name: 'bash', version: null }]
  const resolved = await manager.resolve({ ...request, packages, exclude_packages: ['bash'] })
  assert.deepEqual(resolved.packages, [{ name: 'openssl', version: '3.0.22-1~deb12u2' }])

  await manager.plan(resolved)
  const pin = asked.flat().find((word) => word.startsWith('Dir::Etc::preferences='))
  assert.ok(pin)
  for (const { argv } of [manager.download(resolved, 'j'), manager.install(resolved, 'j')])
    assert.ok(argv.includes(pin))
})

test('an expression in a name never reaches apt', async (t) => {
  const { apt: manager, asked } = host(t)
  for (const name of ['openssl-', '?essential', '-s', 'a*']) {
    const packages = [{ name, version: null }]
    await assert.rejects(manager.resolve({ ...request, packages }), { code: 'PKG_NOT_FOUND' })
    await assert.rejects(manager.mark([name], 'automatic'), /is not the name/)
    assert.ok(!asked.flat().includes(name))
  }
})

test('what apt refuses is refused in its own words', async (t) => {
  const words = 'E: Packages need to be removed but remove is disabled.\n'
  const { apt: manager } = host(t, { 'aptGet install': () => ran(words, 100) })
  const refused = manager.plan(await manager.resolve(request))
  await assert.rejects(refused, { code: 'PKG_DEPENDENCY_ERROR', message: /remove is disabled/ })
})

test('a tool that fails is a failure, never an empty answer', async (t) => {
  for (const broken of [
    'aptCache policy',
    'aptCache policy of names',
    'aptCache show',
    'dpkgQuery',
  ]) {
    const { apt: manager } = host(t, { [broken]: () => ran('', 100) })
    await assert.rejects(manager.patches(), { code: 'PKG_MANAGER_ERROR' })
  }
  const { apt: manager } = host(t, { dpkgQuery: () => ran('', 100) })
  for (const call of [manager.snapshot, manager.rebootReasons])
    await assert.rejects(call(), { code: 'PKG_MANAGER_ERROR' })
})

test('marks are given back by name, and without a name nothing is asked', async (t) => {
  const { apt: manager, asked } = host(t)
  await manager.mark([], 'automatic')
  assert.equal(asked.length, 0)
  await manager.mark(['libssl3'], 'automatic')
  await manager.mark(['openssl'], 'manual')
  assert.deepEqual(
    asked.map((words) => words.slice(-2)),
    [
      ['auto', 'libssl3'],
      ['manual', 'openssl'],
    ],
  )
})

const skip = skipWithout('apt')

test(
  'with the real tools: what this host has installed is found and refused as above',
  { skip },
  async (t) => {
    const cacheFolder = mkdtempSync(join(tmpdir(), 'apt-real-'))
    t.after(() => rmSync(cacheFolder, { recursive: true }))
    const manager = apt(realRun, { cacheFolder })
    // Something may be installed here meanwhile, so only what is always there is compared.
    const { packages } = await manager.list()
    const listed = packages.find(({ name }) => name === 'dpkg')
    assert.equal(listed?.version, (await manager.snapshot())['dpkg']?.version)
    PackageDetail.parse(await manager.get('dpkg'))

    const packagesOf = (name: string) => ({ ...request, packages: [{ name, version: null }] })
    for (const name of ['dpkg-', 'dpk.', '?installed', 'no-such-package-anywhere'])
      await assert.rejects(manager.resolve(packagesOf(name)), { code: 'PKG_NOT_FOUND' })
  },
)
