import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { parseLicense, readDetail, withoutFolders } from './detail.ts'
import { parseInstalled } from './installed.ts'
import { dependenciesOf, dependents, parseRelations } from './relations.ts'

const read = (name: string) =>
  parseInstalled(readFileSync(new URL(`captured/${name}.txt`, import.meta.url), 'utf8'), 'amd64')
const debian = read('debian-12-installed')
const known = {
  installed: [...debian, ...read('lab-installed')],
  updates: null,
  lists_updated_at: null,
}
const find = (name: string) => {
  const found = known.installed.find((one) => one.name === name)
  assert.ok(found)
  return found
}

function hostWith(t: TestContext, files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'apt-detail-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

test('what a package needs, with the version as one word', () => {
  assert.deepEqual(dependenciesOf(find('openssl')), [
    { name: 'libc6', version: '>=2.34', required: true },
    { name: 'libssl3', version: '>=3.0.9', required: true },
  ])
})

test('alternatives are one entry each, and none of them is required', () => {
  const one = { ...find('openssl'), depends: 'perl:any, debconf (>= 0.5) | debconf-2.0' }
  assert.deepEqual(dependenciesOf(one), [
    { name: 'perl', version: null, required: true },
    { name: 'debconf', version: '>=0.5', required: false },
    { name: 'debconf-2.0', version: null, required: false },
  ])
})

test('a package that needs nothing has no dependencies', () => {
  assert.deepEqual(
    dependenciesOf(find('libgcc-s1'))
      .map(({ name }) => name)
      .includes(''),
    false,
  )
  assert.deepEqual(dependenciesOf({ ...find('openssl'), depends: '' }), [])
})

test('whoever needs a name that a package provides depends on that package', () => {
  assert.ok(dependents(find('openssl'), debian).includes('ca-certificates'))
  const provider = { ...find('openssl'), name: 'provider', provides: 'libssl3 (= 9), other' }
  assert.ok(dependents(provider, debian).includes('openssl'))
})

test('every relation of 737 packages is read to its end', () => {
  const names = debian.flatMap(dependenciesOf).map(({ name }) => name)
  assert.ok(names.length > 2000)
  assert.deepEqual(
    names.filter((name) => !/^[a-z0-9][a-z0-9+.-]+$/.test(name)),
    [],
  )
})

test('the files of a package without the folders on the way', async (t) => {
  const root = hostWith(t, {
    'var/lib/dpkg/info/openssl.list': '/.\n/usr\n/usr/bin\n/usr/bin/openssl\n/usr/bin/c_rehash\n',
  })
  const { files, license } = await readDetail('openssl', known, root)
  assert.deepEqual(files, ['/usr/bin/openssl', '/usr/bin/c_rehash'])
  assert.equal(license, null)
})

test('where two architectures can be installed, each has its own list of files', async (t) => {
  const root = hostWith(t, {
    'var/lib/dpkg/info/lab-ma:i386.list': '/i386\n',
    'var/lib/dpkg/info/lab-ma:amd64.list': '/amd64\n',
  })
  assert.deepEqual((await readDetail('lab-ma:i386', known, root)).files, ['/i386'])
  assert.deepEqual((await readDetail('lab-ma', known, root)).files, ['/amd64'])
})

test('a package that is not installed, or no more, is not found', async () => {
  for (const name of ['nginx', 'lab-conf', 'openssl-', '../passwd', 'lab-ma:arm64'])
    await assert.rejects(readDetail(name, known, '/nowhere'), { code: 'PKG_NOT_FOUND' })
})

test('only a machine-readable copyright file names licences', () => {
  assert.equal(
    parseLicense(
      'Format: https://…/1.0/\n\nFiles: *\nLicense: GPL-2+\n\nFiles: b\nLicense: MIT\n\nLicense: MIT\n text',
    ),
    'GPL-2+, MIT',
  )
  assert.equal(parseLicense('This package is free.\nLicense: see below\n'), null)
  assert.equal(parseLicense('Format: https://…/1.0/\n'), null)
})

test('a file whose name begins like a folder is kept', () => {
  assert.deepEqual(withoutFolders(['/.', '/a', '/a/b', '/ab']), ['/a/b', '/ab'])
})

test('the licenses of a copyright file come back once each, and no text makes it throw', () => {
  const name = fc.stringMatching(/^[A-Z][A-Za-z0-9.+-]{0,10}$/)
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1 }), fc.string(), (names, junk) => {
      const stanzas = [...names, ...names].map(
        (one) => `\nFiles: *\nLicense: ${one}\n text of it\n`,
      )
      assert.equal(
        parseLicense(`Format: https://www.example.org/\n${stanzas.join('')}`),
        names.join(', '),
      )
      parseLicense(junk)
      parseLicense(`Format: x\n${junk}`)
    }),
  )
})

test('what a package needs comes back as it was written, and no text makes the parser throw', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9+.-]{1,12}$/)
  const version = fc.stringMatching(/^[0-9][a-z0-9.~+-]{0,8}$/)
  const operator = fc.constantFrom('<<', '<=', '=', '>=', '>>')
  const relation = fc
    .record({ name, needs: fc.option(fc.record({ operator, version })) })
    .map(({ needs, ...one }) => ({
      ...one,
      operator: needs?.operator ?? null,
      version: needs?.version ?? null,
    }))
  const clauses = fc.array(fc.array(relation, { minLength: 1, maxLength: 3 }))
  fc.assert(
    fc.property(clauses, fc.string(), (all, junk) => {
      const text = all
        .map((clause) =>
          clause
            .map((one) =>
              one.operator ? `${one.name} (${one.operator} ${one.version})` : one.name,
            )
            .join(' | '),
        )
        .join(', ')
      assert.deepEqual(parseRelations(text), all)
      parseRelations(junk)
    }),
  )
})
