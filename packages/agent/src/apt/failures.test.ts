import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { captured } from './captured.test.kit.ts'
import { aptFailure } from './failures.ts'

/** Every refusal as a host really printed it: the command after `$`, what it printed, its exit code. */
const refusals = (name: string) =>
  captured(`${name}-refusals`)
    .split('\n$ ')
    .map((text) => text.replace(/^\$ /, ''))
    .filter((text) => text.includes('exit code 100'))

const failureOf = (command: string, name = 'lab') => {
  const found = refusals(name).find((text) => text.startsWith(`apt-get ${command}\n`))
  assert.ok(found, `no refusal of apt-get ${command} was captured`)
  return aptFailure({ exitCode: 100, stdout: found.slice(found.indexOf('\n') + 1), stderr: '' })
}

const expected = {
  '--simulate install lab-nosuch=1': 'PKG_NOT_FOUND',
  '--simulate install lab-mta': 'PKG_NOT_FOUND',
  '--simulate install lab-hello=9.9': 'PKG_VERSION_CONFLICT',
  '--simulate install lab-lib=1.0-1 lab-libtool=1.0-1': 'PKG_VERSION_CONFLICT',
  '--simulate install lab-broken=1.0': 'PKG_DEPENDENCY_ERROR',
  '--simulate install --only-upgrade --no-remove lab-conflict=2.0': 'PKG_DEPENDENCY_ERROR',
  '--simulate install --only-upgrade --no-remove lab-kernelish=2.0': 'PKG_DEPENDENCY_ERROR',
  '--simulate remove dpkg': 'PKG_DEPENDENCY_ERROR',
  '--simulate install lab-svc=2.0': 'PKG_DEPENDENCY_ERROR',
  '--simulate install lab-hello+ --no-such-option': 'PKG_MANAGER_ERROR',
  'install lab-svc=2.0': 'PKG_MANAGER_ERROR',
}

for (const [command, code] of Object.entries(expected)) {
  test(`the refusal of ${command} is ${code}`, () => assert.equal(failureOf(command).code, code))
}

test('a failed dependency names the package and what it lacks', () => {
  assert.match(
    failureOf('--simulate install lab-broken=1.0').message,
    /lab-broken : Depends: lab-does-not-exist \(>= 3\)/,
  )
})

for (const name of ['debian-13', 'ubuntu-24.04']) {
  test(`${name}: all that a package lacks is told, and told once`, () => {
    const { code, message } = failureOf('--simulate install lab-choosy', name)
    assert.equal(code, 'PKG_DEPENDENCY_ERROR')
    assert.equal(
      message,
      'apt-get: Unable to correct problems, you have held broken packages. ' +
        'lab-choosy : Depends: lab-does-not-exist (>= 2) but it is not installable or ' +
        'lab-nor-this but it is not installable Depends: lab-never but it is not installable',
    )
  })
}

test("the refusal of apt 3's solver is told to its end", () => {
  const { code, message } = failureOf('--simulate --solver 3.0 install lab-choosy', 'debian-13')
  assert.equal(code, 'PKG_DEPENDENCY_ERROR')
  assert.match(message, /lab-choosy:amd64 Depends lab-does-not-exist.* but none of the choices/)
})

test('what a host cannot do without is refused in other words by other versions', () => {
  const { code, message } = failureOf('--simulate remove dpkg', 'ubuntu-24.04')
  assert.equal(code, 'PKG_DEPENDENCY_ERROR')
  assert.match(message, /gzip : Depends: dpkg .* or install-info but/)
})

test('a refused removal names what would have gone', () => {
  assert.match(
    failureOf('--simulate install --only-upgrade --no-remove lab-conflict=2.0').message,
    /REMOVED: lab-victim/,
  )
})

test('a busy lock names its holder', () => {
  assert.match(failureOf('install lab-svc=2.0').message, /held by process \d+ \(apt-get\)/)
})

test('a failure without a word still names its exit code', () => {
  const silent = aptFailure({ exitCode: 137, stdout: '', stderr: '' })
  assert.equal(silent.code, 'PKG_MANAGER_ERROR')
  assert.match(silent.message, /137/)
})

test('whatever apt-get prints, its failure has a code of the list and all of its errors', () => {
  const word = fc.stringMatching(/^[A-Za-z][A-Za-z'.-]{0,8}$/)
  const error = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '))
  fc.assert(
    fc.property(fc.array(error), fc.string(), fc.nat(), (errors, stdout, exitCode) => {
      const stderr = errors.map((one) => `E: ${one}\n`).join('')
      const failure = aptFailure({ exitCode, stdout, stderr })
      assert.match(failure.code, /^PKG_/)
      assert.ok(errors.every((one) => failure.message.includes(one)))
      assert.notEqual(failure.message.trim(), 'apt-get:')
    }),
  )
})
