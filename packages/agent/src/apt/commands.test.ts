import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { TransactionRequest } from '../package-manager.ts'
import { downloadCommand, installCommand, simulationArguments } from './commands.ts'
import { exclusionOptions } from './exclusions.ts'

const request = (changes: Partial<TransactionRequest> = {}): TransactionRequest => ({
  operation: 'patch_apply',
  packages: [{ name: 'openssl', version: '3.0.22-1~deb12u2' }],
  exclude_packages: [],
  force: false,
  no_recommends: false,
  allow_downgrade: false,
  ...changes,
})
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
