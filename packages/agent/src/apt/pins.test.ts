import assert from 'node:assert/strict'
import { test } from 'node:test'
import { captured, installedOn, knownOf, type System } from './captured.test.kit.ts'
import { findPinned } from './pins.ts'
import { isSecurity, parsePolicy, parseReleases, type Policy } from './policy.ts'
import { parsePreferences } from './preferences.ts'

/** What was in force on the hosts when their answers were kept. */
const preferences = parsePreferences(
  `Explanation: the new one breaks the shop
Package: lab-hello lab-nosuch*
Pin: version 1.0
Pin-Priority: 1001

Package: src:openssl
Pin: release l=Debian-Security
Pin-Priority: -1
`,
  '/etc/apt/preferences.d/keep',
)
const pinnedOn = (system: System) => {
  const { updates } = knownOf(system, 'policy-pinned', preferences)
  return [...(updates ?? [])].filter(([, update]) => update.pinned !== null)
}

test('an update that a pin keeps away is there, and says which pin it is', () => {
  const updates = new Map(pinnedOn('debian-13'))
  assert.deepEqual([...updates.keys()], ['lab-hello', 'libssl3t64', 'openssl-provider-legacy'])
  assert.deepEqual(updates.get('lab-hello'), {
    version: '1.1',
    security: false,
    phased_percent: null,
    pinned: '/etc/apt/preferences.d/keep gives 1.0 the priority 1001, so 1.0 stays.',
  })
  const { security, pinned } = updates.get('libssl3t64') ?? {}
  assert.equal(security, true)
  assert.match(pinned ?? '', /keep gives 3.5.7-1~deb13u3 the priority -1, so 3.5.7-1~deb13u2 stays/)
})

test('without its file in sight, a pin is a preference all the same', () => {
  const [one] = installedOn('debian-13').filter(({ name }) => name === 'lab-hello')
  const policy = parsePolicy(captured('debian-13-policy-pinned')).get('lab-hello')
  assert.ok(one && policy)
  const releases = parseReleases(captured('debian-13-releases'))
  const { pinned } = findPinned(one, policy, { releases, preferences: [] }) ?? {}
  assert.match(pinned ?? '', /^A preference gives 1.0/)
})

test('a pin on a whole archive is one too', () => {
  const known = knownOf('debian-13', 'policy-unwanted')
  assert.match(known.updates?.get('lab-lib')?.pinned ?? '', /1.0-1\+deb12u1 the priority -10/)
  assert.equal(known.updates?.get('lab-hello')?.pinned, null)
})

for (const system of ['debian-12', 'debian-13', 'ubuntu-24.04'] satisfies System[])
  test(`without preferences nothing on ${system} is pinned`, () => {
    const { updates } = knownOf(system)
    for (const [name, { pinned }] of updates ?? []) assert.equal(pinned, null, name)
  })

test('backports, which wait to be asked for, are not kept away by anybody', () => {
  const [one] = installedOn('debian-12').filter(({ name }) => name === 'curl')
  assert.ok(one)
  const releases = parseReleases(
    ' 100 http://mirror.example/debian bookworm-backports/main amd64 Packages\n' +
      '     release o=Debian Backports,a=oldstable-backports,n=bookworm-backports,l=Debian Backports\n',
  )
  for (const priority of [100, 200]) {
    const text: string = `curl:
  Installed: ${one.version}
  Candidate: ${one.version}
  Version table:
     99.0-1~bpo12+1 ${priority}
        ${priority} http://mirror.example/debian bookworm-backports/main amd64 Packages
 *** ${one.version} 100
        100 /var/lib/dpkg/status
`
    const policy: Policy | undefined = parsePolicy(text).get('curl')
    assert.ok(policy)
    assert.equal(findPinned(one, policy, { releases, preferences: [] }), undefined)
  }
})

test('security archives are told apart on Debian 13 and Ubuntu 24.04 as well', () => {
  const secure = (system: System) => {
    const releases = parseReleases(captured(`${system}-releases`))
    const lines = [...releases.keys()].filter((archive) => isSecurity(archive, releases))
    return new Set(lines.map((line) => line.split(' ')[1]))
  }
  assert.deepEqual(secure('debian-13'), new Set(['bookworm-security/main', 'trixie-security/main']))
  assert.deepEqual(
    secure('ubuntu-24.04'),
    new Set(['bookworm-security/main', 'noble-security/main']),
  )
})
