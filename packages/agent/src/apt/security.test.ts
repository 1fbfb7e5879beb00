import assert from 'node:assert/strict'
import { test } from 'node:test'
import { captured } from './captured.test.kit.ts'
import { parsePolicy, parseReleases } from './policy.ts'
import { findSecurity, isFix } from './security.ts'
import type { StatePaths } from './state.ts'
import { steps } from './transaction.test.kit.ts'

const policies = parsePolicy(captured('debian-12-policy'))
const releases = parseReleases(captured('debian-12-releases'))
const fix = (change: string) =>
  steps(change).some((step) => isFix(step, policies.get('openssl'), releases))

test('a version from the security archive is a fix', () =>
  assert.equal(fix('openssl 3.0.19-1~deb12u2 3.0.22-1~deb12u2'), true))

test('one that is passed on the way counts, though the new one is of another archive', () => {
  const openssl = policies.get('openssl')
  assert.ok(openssl)
  const [security, ...others] = openssl.versions
  assert.ok(security)
  const point = { ...security, version: '3.0.23-1', archives: others[0]?.archives ?? [] }
  const later = { ...openssl, versions: [point, ...openssl.versions] }
  const upgrade = steps('openssl 3.0.19-1~deb12u2 3.0.23-1', 'openssl 3.0.22-1~deb12u2 3.0.23-1')
  assert.deepEqual(
    upgrade.map((step) => isFix(step, later, releases)),
    [true, false],
  )
})

test('what is older than the security archive offers is none, and a new package only by itself', () => {
  assert.equal(fix('openssl 3.0.19-1~deb12u2 3.0.20-1~deb12u2'), false)
  assert.equal(fix('openssl - 3.0.22-1~deb12u2'), true)
  assert.equal(fix('openssl - 3.0.20-1~deb12u2'), false)
})

test('to go back, to go, and nothing at all fix nothing and ask nobody', async () => {
  const run = async () => assert.fail('nobody should be asked')
  const deps = { run, cacheOptions: [], paths: {} as StatePaths, root: '/' }
  const found = await findSecurity(steps('openssl 2 1', 'bash 1 -', 'curl 1 1'), deps)
  assert.deepEqual(found, new Set())
})
