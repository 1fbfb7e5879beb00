import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose, parsePending, rank, type Update } from './updates.ts'

const printed = `'http://mirror.example/debian-security/pool/updates/main/z/zip/zip_3.0-13%2bdeb12u1_amd64.deb' zip_3.0-13+deb12u1_amd64.deb 230316 MD5Sum:0d863c1ee183c8e006bd085d63f4874f
'http://mirror.example/debian/pool/main/s/shadow/login_4.13%2bdfsg1-1%2bdeb12u2_amd64.deb' login_1%3a4.13+dfsg1-1+deb12u2_amd64.deb 616084 MD5Sum:f973a067908f9c7579d30deddd8301ed
`

test('what apt would fetch is read with its size and the archive it comes from', () => {
  assert.deepEqual(
    parsePending(printed).map(({ name, version, suite, bytes }) => [name, version, suite, bytes]),
    [
      ['zip', '3.0-13+deb12u1', 'security', 230316],
      ['login', '1:4.13+dfsg1-1+deb12u2', 'updates', 616084],
    ],
  )
})

test('no output means nothing is pending', () => assert.deepEqual(parsePending(''), []))

const update = (name: string, bytes: number, more: Partial<Update> = {}): Update => ({
  name,
  version: '2',
  suite: 'updates',
  folder: `pool/${name}`,
  file: `${name}_2_all.deb`,
  bytes,
  ...more,
})
const security = { suite: 'security' } as const
const namesOf = (updates: Update[]) => updates.map(({ name }) => name)

test('what a host boots by, and apt itself, are never chosen', () => {
  const never = [
    'libc6',
    'linux-image-amd64',
    'systemd',
    'libsystemd0',
    'dpkg',
    'apt',
    'libapt-pkg6.0',
  ]
  assert.deepEqual(rank(never.map((name) => update(name, 1))), [])
})

test('what is large is never chosen', () => assert.deepEqual(rank([update('zip', 2_000_000)]), []))

test('both kinds are tried in turn, programs before libraries, small before large', () => {
  const pending = [
    update('bash', 900),
    update('sed', 300),
    update('libgif7', 10),
    update('zip', 200, security),
    update('unzip', 100, security),
  ]
  assert.deepEqual(namesOf(rank(pending)), ['unzip', 'sed', 'zip', 'bash', 'libgif7'])
})

test('packages of one source come last, because they need one another', () => {
  const curl = { folder: 'pool/curl' }
  const pending = [update('curl', 1, curl), update('libcurl4', 2, curl), update('libgif7', 300)]
  assert.deepEqual(namesOf(rank(pending)), ['libgif7', 'curl', 'libcurl4'])
})

test('two of each kind are chosen when they come alone', async () => {
  const ranked = ['a', 'b', 'c'].flatMap((name) => [
    update(`${name}-safe`, 10, security),
    update(`${name}-new`, 10),
  ])
  const chosen = await choose(ranked, async (updates) => namesOf(updates))
  assert.deepEqual(namesOf(chosen), ['a-safe', 'a-new', 'b-safe', 'b-new'])
})

test('an update that brings another with it is left out', async () => {
  const ranked = [update('jq', 10), update('zip', 20), update('sed', 30)]
  const chosen = await choose(ranked, async (updates) =>
    namesOf(updates).flatMap((name) => (name === 'jq' ? ['jq', 'libjq1'] : [name])),
  )
  assert.deepEqual(namesOf(chosen), ['zip', 'sed'])
})

test('where apt would do none of them, none is chosen', async () => {
  assert.deepEqual(await choose([update('zip', 20)], async () => []), [])
})

test('together they stay small', async () => {
  const ranked = [
    update('a', 2_000_000),
    update('b', 2_000_000, security),
    update('c', 2_000_000),
    update('d', 500_000),
  ]
  const chosen = await choose(ranked, async (updates) => namesOf(updates))
  assert.deepEqual(namesOf(chosen), ['a', 'b', 'd'])
})
