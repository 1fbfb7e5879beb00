import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from './needs.test.kit.ts'
import { environment, programs, run, type Program } from './run.ts'

const skip = skipWithout('dpkg')

test('every program is named by its absolute path', () => {
  for (const path of Object.values(programs))
    assert.match(path, /^\/usr\/(s?bin|libexec)\/[a-z0-9-]+$/)
})

test('a program answers with what it printed and its exit code', { skip }, async () => {
  const { exitCode, stdout } = await run('dpkg', ['--print-architecture'])
  assert.equal(exitCode, 0)
  assert.match(stdout, /^[a-z0-9]+$/)
})

test('an exit code other than 0 is an answer, not a failure', { skip }, async () => {
  const { exitCode } = await run('dpkg', ['--compare-versions', '1', 'gt', '2'])
  assert.equal(exitCode, 1)
})

test('an argument is never read by a shell', { skip }, async () => {
  const { stdout } = await run('dpkgQuery', [
    '--show',
    '--showformat',
    '$(id)`id`;id|id\\n',
    'dpkg',
  ])
  assert.match(stdout, /\(id\)`id`;id\|id/)
})

test('what a program reads is what it is given', { skip }, async () => {
  const { exitCode, stderr } = await run('dpkg', ['--set-selections', '--dry-run'], {
    input: 'no selection at all\n',
  })
  assert.notEqual(exitCode, 0)
  assert.notEqual(stderr, '')
})

test('nothing of our own environment is passed on', async () => {
  assert.deepEqual(Object.keys(environment).toSorted(), [
    'DEBIAN_FRONTEND',
    'HOME',
    'LC_ALL',
    'PATH',
  ])
})

test('a program that takes too long is a failure that names it', { skip }, async () => {
  // It reads every file of every package, which takes seconds.
  const slow = run('dpkg', ['--verify'], { minutes: 1 / 60_000 })
  await assert.rejects(slow, { code: 'PKG_MANAGER_ERROR', message: /^dpkg did not finish/ })
})

test(
  'what one program prints goes through others, and what the last one prints is the answer',
  { skip },
  async () => {
    const { stdout, exitCode } = await run('dpkg', ['--print-architecture'], {
      through: [
        ['gzip', ['--stdout']],
        ['gzip', ['--decompress', '--stdout']],
      ],
    })
    assert.deepEqual([exitCode, stdout], [0, (await run('dpkg', ['--print-architecture'])).stdout])
  },
)

test('one of them that fails leaves its exit code to the caller too', { skip }, async () => {
  const through: [Program, string[]][] = [['gzip', ['--decompress', '--stdout']]]
  assert.equal((await run('dpkg', ['--print-architecture'], { through })).exitCode, 1)
})
