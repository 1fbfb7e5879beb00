import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { generationOf, nameByHost } from './package-manager.ts'

function host(t: TestContext, osRelease: string, programs: string[]) {
  const root = mkdtempSync(join(tmpdir(), 'manager-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const folder of ['etc', 'usr/bin']) mkdirSync(join(root, folder), { recursive: true })
  for (const name of programs) writeFileSync(join(root, 'usr/bin', name), '')
  writeFileSync(join(root, 'etc/os-release'), osRelease)
  return nameByHost(root)
}

test('a host with both lives by the one of its distribution', (t) => {
  const both = ['apt-get', 'dnf']
  assert.equal(host(t, 'ID=debian\n', both), 'apt')
  assert.equal(host(t, 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', both), 'dnf')
  assert.equal(host(t, 'ID="amzn"\nID_LIKE="fedora"\n', both), 'dnf')
  assert.equal(host(t, 'ID=fedora\n', both), 'dnf')
})

test('a host with one lives by it, whatever it calls itself', (t) => {
  assert.equal(host(t, 'ID=unheard-of\n', ['dnf']), 'dnf')
  assert.equal(host(t, 'ID=fedora\n', ['apt-get']), 'apt')
})

test('dnf is the one that its name leads to', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dnf-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const [target, generation] of [
    ['dnf-3', 4],
    ['dnf5', 5],
  ] as const) {
    const link = join(folder, `link-${target}`)
    writeFileSync(join(folder, target), '')
    symlinkSync(target, link)
    assert.equal(generationOf(link), generation)
  }
})
