import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import type { Ran, Run } from '../run.ts'
import { findDamage, parseUnmet, repairCommands } from './damage.ts'

const captured = (name: string) =>
  readFileSync(new URL(`captured/${name}.txt`, import.meta.url), 'utf8')
const ran = (stdout: string, exitCode = 0): Ran => ({ exitCode, stdout, stderr: '' })
const UNMET = ' lab-hello : Depends: lab-base (>= 1.0) but it is not installed\n'

function host(t: TestContext, { installed = 'debian-12-installed', check = ran('') } = {}) {
  const journal = mkdtempSync(join(tmpdir(), 'apt-journal-'))
  t.after(() => rmSync(journal, { recursive: true }))
  const asked: string[] = []
  const run: Run = async (program, args) => {
    asked.push(program)
    if (program === 'dpkgQuery') return ran(captured(installed))
    if (program === 'aptGet' && args.includes('check')) return check
    return ran('amd64')
  }
  return { run, journal, asked, cacheOptions: [] }
}

test('a sound host has no damage and needs no repair', async (t) => {
  const damage = await findDamage(host(t))
  assert.deepEqual(damage, { interrupted: false, broken_packages: [] })
  assert.deepEqual(repairCommands(damage), [])
})

test('a half configured package is damage, and apt need not be asked any more', async (t) => {
  const broken = host(t, { installed: 'lab-installed' })
  assert.deepEqual((await findDamage(broken)).broken_packages, ['lab-fail'])
  assert.ok(!broken.asked.includes('aptGet'))
})

test('what is left of the journal shows that dpkg was cut off', async (t) => {
  const cut = host(t)
  writeFileSync(join(cut.journal, '0001'), '')
  assert.equal((await findDamage(cut)).interrupted, true)
})

test('a file in the journal that is no part of it is none', async (t) => {
  const odd = host(t)
  writeFileSync(join(odd.journal, 'tmp.i'), '')
  assert.equal((await findDamage(odd)).interrupted, false)
})

test('a package without what it needs is damage, though dpkg calls it installed', async (t) => {
  const unmet = host(t, {
    check: ran(`The following packages have unmet dependencies:\n${UNMET}`, 100),
  })
  assert.deepEqual((await findDamage(unmet)).broken_packages, ['lab-hello'])
  assert.deepEqual(parseUnmet(`${UNMET}${UNMET}`), ['lab-hello'])
})

test('no repair removes a package', () => {
  const [configure, fix, ...others] = repairCommands({ interrupted: true, broken_packages: [] })
  assert.deepEqual(configure?.argv.slice(-2), ['--configure', '--pending'])
  assert.deepEqual(fix?.argv.slice(-3), ['--fix-broken', '--no-remove', 'install'])
  assert.deepEqual(others, [])
})

test('what is half unpacked is named, because apt passes over it', () => {
  const damage = { interrupted: false, broken_packages: ['a', 'b'], half_unpacked: ['b'] }
  const [, , again] = repairCommands(damage)
  assert.deepEqual(again?.argv.slice(-5), ['--no-remove', 'install', '--reinstall', '--', 'b'])
})

test('each package without what it needs is named once, and no text makes the parser throw', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9+.-]{1,12}$/)
  fc.assert(
    fc.property(fc.uniqueArray(name), fc.string(), (names, junk) => {
      const lines = names.map((one) => ` ${one} : Depends: x (>= 1) but it is not installed\n`)
      const doubled = [...lines, ...lines].join('Reading state information...\n')
      assert.deepEqual(parseUnmet(doubled), names)
      parseUnmet(junk)
    }),
  )
})
