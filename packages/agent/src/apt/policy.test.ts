import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { isSecurity, parsePolicy, parseReleases } from './policy.ts'

const captured = (name: string) =>
  readFileSync(new URL(`captured/${name}.txt`, import.meta.url), 'utf8')

test('what apt knows of a package: installed, candidate, and every version with its archives', () => {
  assert.deepEqual(parsePolicy(captured('debian-12-policy')).get('openssl'), {
    installed: '3.0.19-1~deb12u2',
    candidate: '3.0.22-1~deb12u2',
    versions: [
      offer('3.0.22-1~deb12u2', 500, ['debian-security bookworm-security']),
      offer('3.0.20-1~deb12u2', 500, ['debian bookworm']),
      { ...offer('3.0.19-1~deb12u2', 100, []), archives: ['/var/lib/dpkg/status'] },
      offer('3.0.17-1~deb12u2', 500, ['debian bookworm-updates']),
    ],
  })
})

const offer = (version: string, priority: number, archives: string[]) => ({
  version,
  priority,
  phased_percent: null,
  archive_priority: priority,
  archives: archives.map((name) => `http://mirror.example/${name}/main amd64 Packages`),
})

test('one stanza for each of 737 packages', () => {
  assert.equal(parsePolicy(captured('debian-12-policy')).size, 737)
})

test('a phased version says to how many hosts it is offered', () => {
  const phased = parsePolicy(captured('lab-policy')).get('lab-phased')
  assert.deepEqual(
    phased?.versions.map(({ version, phased_percent }) => [version, phased_percent]),
    [
      ['1.1', 0],
      ['1.0', null],
    ],
  )
})

test('a package that is not installed has no installed version', () => {
  assert.equal(parsePolicy(captured('lab-policy')).get('lab-ma:i386')?.installed, null)
})

test('a name that apt does not know prints nothing', () => {
  assert.equal(parsePolicy('').size, 0)
})

test('a line that cannot be read is an error, never a missing version', () => {
  const text = 'bash:\n  Installed: 5.2\n  Candidate: 5.3\n  Version table:\n     5.3 (new words)\n'
  assert.throws(() => parsePolicy(text), { code: 'PKG_MANAGER_ERROR', message: /new words/ })
})

test('security archives are told from the others by what their Release file says', () => {
  const releases = parseReleases(captured('debian-12-releases'))
  const line = (name: string) => `http://mirror.example/${name}/main amd64 Packages`
  assert.equal(isSecurity(line('debian-security bookworm-security'), releases), true)
  assert.equal(isSecurity(line('debian bookworm'), releases), false)
  assert.equal(isSecurity(line('debian bookworm-updates'), releases), false)
  assert.equal(isSecurity('/var/lib/dpkg/status', releases), false)
})

test('Ubuntu names its security archive in the suite alone', () => {
  const releases = parseReleases(
    ' 500 http://mirror.example/ubuntu noble-security/main amd64 Packages\n' +
      '     release v=24.04,o=Ubuntu,a=noble-security,n=noble,l=Ubuntu,c=main,b=amd64\n',
  )
  const [archive = ''] = releases.keys()
  assert.equal(isSecurity(archive, releases), true)
})

test('an address with security in it makes no security archive', () => {
  const releases = parseReleases(
    ' 500 http://security.example bookworm/main amd64 Packages\n' +
      '     release o=Security Tools, Inc.,a=stable,n=bookworm,l=Security Tools\n',
  )
  assert.equal(isSecurity('http://security.example bookworm/main amd64 Packages', releases), false)
  assert.equal([...releases.values()][0]?.['o'], 'Security Tools, Inc.')
})

for (const system of ['debian-13', 'ubuntu-24.04'])
  test(`a pin on ${system} shows in the priority of the version, and not in that of its archive`, () => {
    const hello = parsePolicy(captured(`${system}-policy-pinned`)).get('lab-hello')
    assert.equal(hello?.candidate, '1.0')
    assert.deepEqual(
      hello.versions.map((one) => [one.version, one.priority, one.archive_priority]),
      [
        ['1.1', 500, 500],
        ['1.0', 1001, 500],
      ],
    )
  })

test('Ubuntu phases by version', () => {
  const libudev = parsePolicy(captured('ubuntu-24.04-policy')).get('libudev1')
  const percents = libudev?.versions.map(({ phased_percent }) => phased_percent)
  assert.deepEqual(percents, [50, null, null])
})

test('versions come back as they were printed', () => {
  const version = fc.record({
    version: fc.stringMatching(/^(\d:)?\d[A-Za-z0-9.+~-]{0,15}$/),
    priority: fc.integer({ min: -32_768, max: 32_767 }),
    percent: fc.option(fc.nat(100)),
  })
  fc.assert(
    fc.property(fc.array(version, { maxLength: 6 }), (versions) => {
      const lines = versions.map(
        ({ version: one, priority, percent }) =>
          `     ${one} ${priority}${percent === null ? '' : ` (phased ${percent}%)`}\n` +
          `        ${priority} http://mirror.example/debian bookworm/main amd64 Packages\n`,
      )
      const text = `a:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n${lines.join('')}`
      assert.deepEqual(
        parsePolicy(text)
          .get('a')
          ?.versions.map((one) => [one.version, one.priority, one.phased_percent]),
        versions.map(({ version: one, priority, percent }) => [one, priority, percent]),
      )
    }),
  )
})

test('whatever is printed, it is read or refused in words', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseReleases(text)
      try {
        parsePolicy(text)
      } catch (error) {
        assert.match(String(error), /a line we cannot read/)
      }
    }),
  )
})
