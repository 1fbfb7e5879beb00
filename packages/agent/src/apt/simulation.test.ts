import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { Failure } from '@linux-patch/shared/failure'
import { parseSimulation } from './simulation.ts'

const captured = (name: string) =>
  readFileSync(new URL(`captured/${name}.txt`, import.meta.url), 'utf8')

test('a Debian 12 host that is 128 updates behind', () => {
  const changes = parseSimulation(captured('debian-12-dist-upgrade'))
  assert.equal(changes.length, 128) // apt's own count
  assert.deepEqual(
    changes.find(({ name }) => name === 'bash'),
    {
      name: 'bash',
      action: 'upgrade',
      version_before: '5.2.15-2+b8',
      version_planned: '5.2.15-2+b13',
      architecture: 'amd64',
      origins: ['Debian:12.15/oldstable'],
    },
  )
  assert.deepEqual([...new Set(changes.map(({ action }) => action))], ['upgrade'])
})

test('a package that comes new has no version before', () => {
  assert.deepEqual(
    parseSimulation(captured('debian-12-install-nginx')).map(
      ({ name, action, version_before, version_planned }) =>
        `${action} ${name} ${version_before} ${version_planned}`,
    ),
    ['install nginx-common null 1.22.1-9+deb12u11', 'install nginx null 1.22.1-9+deb12u11'],
  )
})

test('older is a downgrade, the same again a reinstall, Remv and Purg a removal', () => {
  const lines = [
    'Inst openssl [3.0.19-1] (3.0.17-1 Debian:12/oldstable [amd64])',
    'Inst bash [5.2] (5.2 Debian:12/oldstable [amd64]) []',
    'Remv lab-victim [1.0] [lab-conflict ]',
    'Purg lab-stuck:i386 [1.0]',
  ]
  assert.deepEqual(
    parseSimulation(lines.join('\n')).map(({ name, action }) => `${action} ${name}`),
    ['downgrade openssl', 'reinstall bash', 'remove lab-victim', 'remove lab-stuck:i386'],
  )
})

test('two archives, a foreign architecture and apt notes behind the bracket are no obstacle', () => {
  const line =
    'Inst libc6:i386 [2.36-9] (2.36-10 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [i386]) [perl:amd64 ]'
  assert.equal(parseSimulation(line)[0]?.version_planned, '2.36-10')
  assert.equal(parseSimulation(line)[0]?.name, 'libc6:i386')
  assert.deepEqual(parseSimulation(line)[0]?.origins, [
    'Debian:12.15/oldstable',
    'Debian-Security:12/oldstable-security',
  ])
})

test('no output means no changes', () => assert.deepEqual(parseSimulation(''), []))

test('a line that cannot be read is an error, never a change left out', () => {
  for (const line of ['Inst bash 5.2.15 -> 5.2.16', 'Inst bash [5.2.15]', 'Remv '])
    assert.throws(() => parseSimulation(line), { code: 'PKG_MANAGER_ERROR' })
})

test('a saved file and the installed version are no archive', () => {
  const lines = ['Inst lab-lib [2.0] (1.0 local-deb [all])', 'Inst lab-e [2.0] (2.0 now [all])']
  assert.deepEqual(
    parseSimulation(lines.join('\n')).map(({ origins }) => origins),
    [[], []],
  )
})

test('any text is read or refused, and every change that apt could print is read', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('Inst ', 'Remv ', ''), (text, word) => {
      try {
        parseSimulation(word + text)
      } catch (error) {
        assert.ok(error instanceof Failure)
      }
    }),
  )
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,20}$/)
  const version = fc.stringMatching(/^([0-9]:)?[0-9][A-Za-z0-9.+~-]{0,20}$/)
  fc.assert(
    fc.property(name, version, version, (one, before, planned) => {
      const [step] = parseSimulation(`Inst ${one} [${before}] (${planned} L:1/s [amd64]) []`)
      assert.deepEqual(
        [step?.name, step?.version_before, step?.version_planned, step?.origins],
        [one, before, planned, ['L:1/s']],
      )
    }),
  )
})
