import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { skipWithout } from '../needs.test.kit.ts'
import { run } from '../run.ts'
import { header } from './ar.ts'
import { readExceptions } from './exceptions.ts'
import { queryInstalled } from './installed.ts'
import { findContents, findInfoFiles } from './package-files.ts'
import { repack, toControl } from './repack.ts'
import { installed } from './transaction.test.kit.ts'

const skip = skipWithout('dpkg') || skipWithout('root')

function folder(t: TestContext) {
  const path = mkdtempSync(join(tmpdir(), 'apt-repack-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

test(
  'with the real tools: what is made again is the package that is installed',
  { skip },
  async (t) => {
    const target = folder(t)
    const exceptions = await readExceptions('/')
    for (const name of ['dpkg', 'libc6', 'base-files']) {
      const one = (await queryInstalled(run)).find((other) => other.name === name)
      assert.ok(one)
      const path = await repack(one, target, { run, root: '/', exceptions })
      const deb = (...args: string[]) => execFileSync('dpkg-deb', args, { encoding: 'utf8' })
      assert.equal(deb('--field', path, 'Version').trim(), one.version)
      assert.equal(deb('--field', path, 'Status').trim(), '')

      const query = [
        '--listfiles',
        one.architecture === 'all' ? name : `${name}:${one.architecture}`,
      ]
      const listed = execFileSync('dpkg-query', query, { encoding: 'utf8' }).split('\n')
      const inside = [...deb('--contents', path).matchAll(/ \.(\/.*?)(?: -> .*| link to .*)?$/gm)]
      const paths = inside.map(([, file = '']) => file.replace(/(.)\/$/, '$1'))
      const wanted = listed.filter(
        (file) =>
          file.startsWith('/') && file !== '/.' && (existsSync(file) || paths.includes(file)),
      )
      const changed = wanted.filter((file) => file.startsWith('/etc/'))
      assert.deepEqual(
        wanted.filter((file) => !paths.includes(file) && !changed.includes(file)),
        [],
        name,
      )
    }
  },
)

const stanza =
  'Package: lab\nStatus: install ok installed\nVersion: 1\nConfig-Version: 1\n' +
  'Conffiles:\n /etc/lab 607e2d3a119dfe832d937ce579ef1079\nDescription: lab\n It has\n .\n lines.\n'

test('the control file is the status without what only dpkg writes there', () => {
  assert.equal(
    toControl(stanza),
    'Package: lab\nVersion: 1\nDescription: lab\n It has\n .\n lines.\n',
  )
})

test('no text makes a control file throw', () =>
  fc.assert(fc.property(fc.string(), (text) => void toControl(text))))

test('a header has sixty bytes, whatever the size', () => {
  fc.assert(
    fc.property(fc.nat({ max: 9_999_999_999 }), (size) =>
      assert.equal(header('control.tar.gz', size, new Date('2026-11-22T00:00:00Z')).length, 60),
    ),
  )
})

/** A host with one package that has a folder, a link to a folder, a file and a file that is not there. */
function host(t: TestContext) {
  const root = folder(t)
  const info = join(root, 'var/lib/dpkg/info')
  mkdirSync(info, { recursive: true })
  mkdirSync(join(root, 'usr/lib'), { recursive: true })
  execFileSync('ln', ['-s', 'usr/lib', join(root, 'lib')])
  writeFileSync(join(root, 'usr/lib/lab.so'), '')
  writeFileSync(join(info, 'lab.list'), '/.\n/lib\n/lib/lab.so\n/usr\n/usr/gone\n/usr/empty\n')
  writeFileSync(join(info, 'lab.md5sums'), `${'0'.repeat(32)}  usr/gone\n`)
  writeFileSync(join(info, 'lab.extra.list'), '/usr\n')
  writeFileSync(join(info, 'lab:amd64.postinst'), '')
  return root
}

test('what dpkg keeps of a package is found, and nothing of one whose name begins alike', async (t) => {
  const info = await findInfoFiles(installed('lab'), host(t))
  assert.deepEqual([...info.keys()].toSorted(), ['list', 'md5sums', 'postinst'])
})

test('a folder that is a link on the disk stays a folder, and a file that is gone is missing', async (t) => {
  const root = host(t)
  const info = await findInfoFiles(installed('lab'), root)
  const place = { root, diversions: new Map(), isExcluded: () => false }
  const contents = await findContents({ name: 'lab', info, left: [] }, place)
  assert.deepEqual(
    [contents.files, contents.linked, contents.missing],
    [['/lib/lab.so', '/usr'], ['/lib'], ['/usr/gone']],
  )
  const slim = { ...place, isExcluded: (path: string) => path === '/usr/gone' }
  assert.deepEqual((await findContents({ name: 'lab', info, left: [] }, slim)).missing, [])
})

test('a file that another package has put aside is taken from there', async (t) => {
  const root = host(t)
  writeFileSync(join(root, 'usr/gone.aside'), '')
  const info = await findInfoFiles(installed('lab'), root)
  const diversions = new Map([['/usr/gone', { by: 'other', to: '/usr/gone.aside' }]])
  const place = { root, diversions, isExcluded: () => false }
  const { moved, missing } = await findContents({ name: 'lab', info, left: [] }, place)
  assert.deepEqual([[...moved], missing], [[['/usr/gone', '/usr/gone.aside']], []])
})
