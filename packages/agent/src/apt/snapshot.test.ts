import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Run } from '../run.ts'
import { captured } from './captured.test.kit.ts'
import { parseAutomatic, takeSnapshot } from './snapshot.ts'

const run: Run = async (program) => ({
  exitCode: 0,
  stdout: program === 'dpkg' ? 'amd64\n' : captured('lab-installed'),
  stderr: '',
})
const mark = (name: string, architecture = 'amd64', automatic = 1) =>
  `Package: ${name}\nArchitecture: ${architecture}\nAuto-Installed: ${automatic}\n\n`

test('every package with its version, its state and its mark', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'apt-snapshot-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'marks'), `${mark('lab-base')}${mark('lab-ma', 'i386')}`)
  const snapshot = await takeSnapshot(run, join(folder, 'marks'))
  assert.deepEqual(snapshot['lab-base'], { version: '1.0', state: 'installed', automatic: true })
  assert.equal(snapshot['lab-conf']?.state, 'residual')
  assert.equal(snapshot['lab-fail']?.state, 'broken')
  assert.deepEqual(
    [snapshot['lab-ma']?.automatic, snapshot['lab-ma:i386']?.automatic],
    [false, true],
  )
})

test('a host on which nothing was ever marked has no file of marks', async () => {
  const snapshot = await takeSnapshot(run, '/nowhere/extended_states')
  assert.ok(Object.values(snapshot).every(({ automatic }) => !automatic))
})

test('a mark that was taken back is none', () =>
  assert.deepEqual(parseAutomatic(`${mark('a', 'amd64', 0)}${mark('b')}`, 'amd64'), new Set(['b'])))

test('as many marks as were written, whatever their names', () => {
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,20}$/)
  fc.assert(
    fc.property(fc.uniqueArray(name), (all) =>
      assert.deepEqual(parseAutomatic(all.map((one) => mark(one)).join(''), 'amd64'), new Set(all)),
    ),
  )
  fc.assert(fc.property(fc.string(), (text) => void parseAutomatic(text, 'amd64')))
})
