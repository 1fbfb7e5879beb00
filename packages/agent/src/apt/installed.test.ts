import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { Failure } from '@linux-patch/shared/failure'
import { parseInstalled, queryInstalled } from './installed.ts'

const captured = (name: string) =>
  readFileSync(new URL(`captured/${name}.txt`, import.meta.url), 'utf8')
const lab = () =>
  new Map(parseInstalled(captured('lab-installed'), 'amd64').map((one) => [one.name, one]))

test('a Debian 12 host with 737 packages', () => {
  const installed = parseInstalled(captured('debian-12-installed'), 'amd64')
  assert.equal(installed.length, 737) // as many as dpkg-query counts
  assert.deepEqual(
    installed.find(({ name }) => name === 'openssl'),
    {
      name: 'openssl',
      version: '3.0.19-1~deb12u2',
      architecture: 'amd64',
      status: 'installed',
      held: false,
      half_unpacked: false,
      size_bytes: 2308 * 1024,
      installed_at: '2026-05-09T07:29:20.000Z',
      maintainer: 'Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>',
      homepage: 'https://www.openssl.org/',
      source: 'openssl',
      source_version: '3.0.19-1~deb12u2',
      pre_depends: '',
      depends: 'libc6 (>= 2.34), libssl3 (>= 3.0.9)',
      provides: '',
      description: 'Secure Sockets Layer toolkit - cryptographic utility',
    },
  )
})

test('a rebuilt package names the version of its source without the rebuild', () => {
  const bash = parseInstalled(captured('debian-12-installed'), 'amd64').find(
    ({ name }) => name === 'bash',
  )
  assert.deepEqual([bash?.version, bash?.source_version], ['5.2.15-2+b8', '5.2.15-2'])
})

test('a half configured package is broken, a removed one is residual, a held one is held', () => {
  assert.equal(lab().get('lab-fail')?.status, 'broken')
  assert.equal(lab().get('lab-conf')?.status, 'residual')
  assert.equal(lab().get('lab-hello')?.status, 'installed')
  assert.deepEqual(
    [...lab().values()].filter(({ held }) => held).map(({ name }) => name),
    ['lab-kernelish'],
  )
})

test('only a package of a foreign architecture carries it in its name', () => {
  assert.equal(lab().get('lab-ma')?.architecture, 'amd64')
  assert.equal(lab().get('lab-ma:i386')?.architecture, 'i386')
  assert.equal(lab().get('lab-ma:amd64'), undefined)
})

test('a name that dpkg only heard of is no package', () => {
  assert.equal(lab().get('lab-mta'), undefined)
})

test('a row that cannot be read is an error, never a missing package', () => {
  assert.throws(() => parseInstalled('install\x1finstalled\x1fok\x1fbash\x1e', 'amd64'), {
    code: 'PKG_MANAGER_ERROR',
  })
})

test('a dpkg that fails is an error, never an empty host', async () => {
  const run = async () => ({ exitCode: 2, stdout: '', stderr: 'dpkg-query: error: no database' })
  await assert.rejects(queryInstalled(run), { code: 'PKG_MANAGER_ERROR', message: /no database/ })
})

/** A row as dpkg-query prints it, with these values and the rest empty. */
const rowOf = (values: Record<number, string>) =>
  `${Array.from({ length: 16 }, (_, at) => values[at] ?? '').join('\x1f')}\x1e`
const word = fc.stringMatching(/^[a-z][a-z0-9+.-]{1,12}$/)

test('every package comes back as it was printed, in its order, whatever its description holds', () => {
  const row = fc.record({
    name: word,
    version: word,
    description: fc.string(),
    kibibytes: fc.nat(2 ** 40),
  })
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const plain = rows.map((one) => ({
        ...one,
        description: one.description.replaceAll('\x1e', '').replaceAll('\x1f', ''),
      }))
      const text = plain.map(({ name, version, description, kibibytes }) =>
        rowOf({
          0: 'install',
          1: 'installed',
          2: 'ok',
          3: name,
          4: 'amd64',
          5: version,
          6: String(kibibytes),
          15: description,
        }),
      )
      assert.deepEqual(
        parseInstalled(text.join(''), 'amd64').map((one) => [
          one.name,
          one.version,
          one.description,
          one.size_bytes,
        ]),
        plain.map((one) => [one.name, one.version, one.description, one.kibibytes * 1024]),
      )
    }),
  )
})

test('whatever is printed, it is read or refused in words', () => {
  const values = fc.array(fc.string(), { minLength: 16, maxLength: 16 })
  const text = fc.oneof(
    fc.string(),
    values.map((all) => `${all.join('\x1f')}\x1e`),
  )
  fc.assert(
    fc.property(text, (printed) => {
      try {
        parseInstalled(printed, 'amd64')
      } catch (error) {
        assert.ok(error instanceof Failure, String(error))
      }
    }),
  )
})
