import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { run } from '../run.ts'
import { findEdit, keepConfiguration, parseConffiles, restoreOptions } from './conffiles.ts'

const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const conffile = (path: string, text: string, isObsolete = false) => ({
  path,
  digest: md5(text),
  isObsolete,
})

function host(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'apt-conffiles-'))
  t.after(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'etc/lab'), { recursive: true })
  chmodSync(join(root, 'etc/lab'), 0o750)
  const write = (name: string, text: string) => writeFileSync(join(root, name), text)
  return { root, write, path: join(root, 'lab_1_all.deb') }
}

test('the configuration files of a package, each as it came', () => {
  const stanza =
    'Package: lab\nConffiles:\n /etc/lab/a b 607e2d3a119dfe832d937ce579ef1079\n' +
    ' /etc/old 607e2d3a119dfe832d937ce579ef1079 obsolete\n /etc/new newconffile\nDescription: d\n /etc/x\n'
  assert.deepEqual(parseConffiles(stanza), [
    { path: '/etc/lab/a b', digest: '607e2d3a119dfe832d937ce579ef1079', isObsolete: false },
    { path: '/etc/old', digest: '607e2d3a119dfe832d937ce579ef1079', isObsolete: true },
    { path: '/etc/new', digest: 'newconffile', isObsolete: false },
  ])
  assert.deepEqual(parseConffiles('Package: lab\nStatus: install ok installed\n'), [])
})

test('a configuration file is as it came, changed, or gone', async (t) => {
  const { root, write } = host(t)
  write('etc/lab/a', 'as it came')
  const edit = (text: string, path = '/etc/lab/a') => findEdit(conffile(path, text), root)
  assert.deepEqual(
    [await edit('as it came'), await edit('other'), await edit('x', '/etc/lab/none')],
    ['none', 'changed', 'deleted'],
  )
})

test('what the package would not bring again is kept, with the mode of its folder', async (t) => {
  const { root, write, path } = host(t)
  for (const name of ['same', 'changed', 'old']) write(`etc/lab/${name}`, name)
  const all = [
    conffile('/etc/lab/same', 'same'),
    conffile('/etc/lab/changed', 'as it came'),
    conffile('/etc/lab/old', 'old', true),
    conffile('/etc/lab/deleted', ''),
  ]
  await keepConfiguration(all, { path, listed: ['/etc', '/etc/lab', '/usr'], root }, run)

  const back = join(root, 'back')
  mkdirSync(back)
  execFileSync('tar', ['-xf', `${path}.conffiles.tar`, '-C', back])
  assert.equal(statSync(join(back, 'etc/lab')).mode & 0o777, 0o750)
  assert.equal(readFileSync(join(back, 'etc/lab/changed'), 'utf8'), 'changed')
  assert.deepEqual(
    execFileSync('ls', [join(back, 'etc/lab')], { encoding: 'utf8' }),
    'changed\nold\n',
  )
})

test('where nobody changed anything nothing is kept, and nothing is put back', async (t) => {
  const { root, write, path } = host(t)
  write('etc/lab/same', 'same')
  await keepConfiguration([conffile('/etc/lab/same', 'same')], { path, listed: [], root }, run)
  assert.deepEqual(restoreOptions([path]), [])
})

test('what was kept is put back before dpkg unpacks, and replaces nothing', (t) => {
  const { path, write } = host(t)
  write('lab_1_all.deb.conffiles.tar', '')
  assert.deepEqual(restoreOptions([path, '/nowhere/other_1_all.deb']), [
    '-o',
    `DPkg::Pre-Invoke::=/usr/bin/tar --extract --file=${path}.conffiles.tar --directory=/ --skip-old-files`,
  ])
})

test('no text makes the parser throw', () =>
  fc.assert(fc.property(fc.string(), (text) => void parseConffiles(`Conffiles:\n ${text}`))))
