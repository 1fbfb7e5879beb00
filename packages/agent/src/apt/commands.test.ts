import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { TransactionRequest } from '../package-manager.ts'
import {
  archiveOptions,
  cacheOptions,
  downloadCommand,
  installCommand,
  refreshCommand,
  simulationArguments,
} from './commands.ts'
import { exclusionOptions } from './exclusions.ts'
import { request as transaction } from './transaction.test.kit.ts'

const openssl = [{ name: 'openssl', version: '3.0.22-1~deb12u2' }]
const request = (changes: Partial<TransactionRequest> = {}) =>
  transaction({ packages: openssl, ...changes })
const words = (changes: Partial<TransactionRequest>) => simulationArguments(request(changes), [])

test('nothing takes a package away, and a patch brings none that was not asked for', () => {
  for (const operation of ['update', 'patch_apply'] as const) {
    const line = words({ operation }).join(' ')
    assert.match(line, / install --no-remove --only-upgrade -- openssl=3\.0\.22-1~deb12u2$/)
  }
  const installing = words({ operation: 'install' })
  assert.ok(!installing.includes('--only-upgrade') && installing.includes('--no-remove'))
})

test('each option becomes its flag, and none is given unasked', () => {
  const options = { force: true, no_recommends: true, allow_downgrade: true }
  const flags = ['--reinstall', '--no-install-recommends', '--allow-downgrades']
  assert.deepEqual(
    words(options).filter((word) => flags.includes(word)),
    flags,
  )
  assert.deepEqual(
    words({}).filter((word) => flags.includes(word)),
    [],
  )
})

test('nothing is ever forced past a hold, a signature or an essential package', () => {
  const { argv } = installCommand({ request: request({ force: true }), job: 'j', options: [] })
  const line = argv.join(' ')
  assert.doesNotMatch(
    line,
    /force-yes|allow-(unauth|change-held|remove-ess|insecure)|force-(all|dep)/,
  )
})

test('the download and the installation differ in nothing but their phase', () => {
  const given = { request: request(), job: 'the-job', options: ['-o', 'A=b'] }
  const [download, install] = [downloadCommand(given), installCommand(given)]
  assert.deepEqual(
    download.argv.filter((word) => word !== '--download-only'),
    install.argv.filter((word) => word !== '--no-download'),
  )
  assert.equal(download.argv[0], '/usr/bin/apt-get')
  assert.ok(install.argv.includes('LinuxPatch::Job=the-job'))
  assert.ok(install.argv.includes('APT::Status-Fd=3'))
  assert.ok(install.argv.includes('Dpkg::Options::=--force-confold'))
  assert.equal(install.env['NEEDRESTART_SUSPEND'], '1')
})

test('what was not resolved never runs', () => {
  const strange = [
    { name: 'openssl', version: null },
    { name: 'openssl-', version: '1' },
    { name: 'openssl', version: '3.0*' },
    { name: 'openssl', version: '1+' },
    { name: '--yes', version: '1' },
    { name: 'a b', version: '1' },
  ]
  for (const wanted of strange)
    assert.throws(() => words({ packages: [wanted] }), /was not resolved/)
})

test('a removal names what goes and nothing more, and forces dpkg to nothing', () => {
  const line = (changes = {}) =>
    words({ operation: 'remove', remove: ['g++'], ...changes }).join(' ')
  assert.match(line(), / remove -- g\+\+$/)
  assert.match(line({ purge: true }), / purge -- g\+\+$/)
  assert.doesNotMatch(line({ force: true }), /force/)
  for (const name of ['openssl-', '?essential', '-y', 'a b', 'a*'])
    assert.throws(() => line({ remove: [name] }), /was not resolved/)
})

const FILE = '/var/lib/linux_patch_api/saved/x/lab-lib_1.0_all.deb'
const back = { operation: 'rollback' as const, packages: [] }

test('a rollback installs saved files and removes what it names, at once', () => {
  const line = words({ ...back, remove: ['lab-extra', 'g++'], files: [FILE], purge: true }).join(
    ' ',
  )
  assert.match(line, / install .*--purge -- \/var\S+\.deb lab-extra- g\+\+-$/)
  assert.doesNotMatch(line, /--no-remove/)
  assert.throws(() => words({ ...back, remove: ['lab-extra-'], files: [] }), /was not resolved/)
  assert.throws(() => words({ ...back, remove: [], files: ['/tmp/x.deb'] }), /not a saved package/)
})

test('a rollback that has a file for everything sees no archive', () => {
  const none = archiveOptions(request({ ...back, files: [FILE] }), [])
  assert.ok(none.includes('Dir::Etc::sourceparts=/dev/null'))
  const some = archiveOptions(request({ operation: 'rollback' }), cacheOptions('/c'))
  assert.ok(some.includes('Dir::Cache::pkgcache=/c/pkgcache.bin'))
})

test('only where there is a saved file is apt let to fetch as it installs', () => {
  const install = (changes: Partial<TransactionRequest>) =>
    installCommand({ request: request(changes), job: 'j', options: [] }).argv
  assert.ok(install({}).includes('--no-download'))
  assert.ok(install({ operation: 'rollback' }).includes('--no-download'))
  assert.ok(!install({ operation: 'rollback', files: [FILE] }).includes('--no-download'))
})

test('a list that cannot be fetched ends the refresh with an error, before long', () => {
  const { argv } = refreshCommand('the-job', ['-o', 'A=b'])
  assert.equal(argv.at(-1), 'update')
  for (const word of ['APT::Update::Error-Mode=any', 'APT::Status-Fd=3', 'LinuxPatch::Job=the-job'])
    assert.ok(argv.includes(word), word)
})

function folders(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'apt-exclusions-'))
  t.after(() => rmSync(root, { recursive: true }))
  return { root, cacheFolder: join(root, 'cache') }
}

test('without exclusions the pins of the host stay as they are', (t) => {
  const given = folders(t)
  assert.deepEqual(exclusionOptions([], given), [])
  assert.equal(existsSync(given.cacheFolder), false)
})

test('an excluded package is pinned to the version it has, in whatever order it was named', (t) => {
  const given = folders(t)
  const options = exclusionOptions(['libc6', 'bash'], given)
  const path = options[1]?.replace('Dir::Etc::preferences=', '') ?? ''
  assert.match(
    readFileSync(path, 'utf8'),
    /^Package: bash\nPin: release a=now\nPin-Priority: 1001\n/,
  )
  assert.deepEqual(exclusionOptions(['bash', 'libc6'], given), options)
  assert.notDeepEqual(exclusionOptions(['bash'], given), options)
})

test('what is no name never gets into a file of pins', (t) => {
  for (const name of ['*', 'bash\n\nPackage: *', '/^lib/', 'openssl-'])
    assert.throws(() => exclusionOptions([name], folders(t)), /is not the name of a package/)
})
