import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import type { CrlState } from '@linux-patch/shared/certificate-state'
import { Failure } from '@linux-patch/shared/failure'
import { DAY_MS, host, testAuthority } from '../pki/authority.test.kit.ts'
import { healthService } from './health.ts'

type Deps = Parameters<typeof healthService>[0]
const START = new Date('2026-01-01T00:00:00Z')
const after = (days: number) => () => new Date(START.getTime() + days * DAY_MS)
const authority = await testAuthority('root', START)
const { cert } = await authority.issue({ ...host, from: START, to: after(90)() })
const certificate = new X509Certificate(cert)

const revokedIn = (state: CrlState) => ({
  state: () => state,
  problem: () => (state === 'invalid' ? 'crl.pem is no list.' : null),
  until: () => START,
})

const health = (deps: Partial<Deps> = {}) =>
  healthService({
    configProblem: () => null,
    whitelist: () => ({ entries: ['10.0.0.1'], problem: null, unresolved: [] }),
    certificate: () => ({ certificate, problem: null }),
    upkeep: () => ({ failure: null, is_retired: false }),
    revoked: revokedIn('valid'),
    damage: async () => ({ interrupted: false, broken_packages: [] }),
    rebootReasons: async () => [],
    scheduledShutdown: () => null,
    jobs: () => ({ waiting: 0, at_work: 0, ended: 0 }),
    now: after(1),
    uptimeSeconds: () => 12.7,
    ...deps,
  }).get()

const fine = {
  config: 'ok',
  certificates: 'ok',
  package_manager: 'ok',
  job_queue: 'ok',
  whitelist: 'ok',
  crl: 'ok',
  pending_reboot: 'ok',
}

test('an agent that has nothing to complain of is healthy', async () =>
  assert.deepEqual(await health(), {
    status: 'healthy',
    version: '0.1.0',
    uptime_seconds: 12,
    checks: fine,
    crl: 'valid',
    details: {},
  }))

test('settings that could not be taken degrade it, and are named', async () => {
  const { status, checks, details } = await health({
    configProblem: () => 'config.yaml: log_level',
  })
  assert.deepEqual(
    [status, checks, details],
    ['degraded', { ...fine, config: 'warn' }, { config: 'config.yaml: log_level' }],
  )
})

test('a certificate in the last third of its life warns', async () => {
  assert.equal((await health({ now: after(59) })).checks.certificates, 'ok')
  assert.equal((await health({ now: after(61) })).checks.certificates, 'warn')
})

const isUnhealthy = (check: string) => (error: unknown) =>
  error instanceof Failure &&
  error.code === 'SERVICE_UNHEALTHY' &&
  (error.details.checks as Record<string, string>)[check] === 'error'

test('a certificate that has expired is unhealthy', () =>
  assert.rejects(health({ now: after(91) }), isUnhealthy('certificates')))

test('new certificates that do not fit warn while the old ones hold', async () => {
  const { checks } = await health({ certificate: () => ({ certificate, problem: 'another key' }) })
  assert.equal(checks.certificates, 'warn')
})

test('a package manager that does not answer is unhealthy', () =>
  assert.rejects(
    health({
      damage: async () => {
        throw new Failure('PKG_MANAGER_ERROR', 'dpkg is gone')
      },
    }),
    isUnhealthy('package_manager'),
  ))

test('damage that the next job repairs degrades', async () => {
  const { checks } = await health({
    damage: async () => ({ interrupted: true, broken_packages: [] }),
  })
  assert.equal(checks.package_manager, 'warn')
})

test('jobs that cannot be read are unhealthy', () =>
  assert.rejects(
    health({
      jobs: () => {
        throw new Failure('SERVICE_UNHEALTHY', 'The database is damaged.')
      },
    }),
    isUnhealthy('job_queue'),
  ))

test('a whitelist that lets nobody in warns', async () => {
  const whitelist = () => ({ entries: [], problem: null, unresolved: [] })
  assert.equal((await health({ whitelist })).checks.whitelist, 'warn')
})

test('a name without an address warns', async () => {
  const whitelist = () => ({ entries: ['manager'], problem: null, unresolved: ['manager'] })
  assert.equal((await health({ whitelist })).details.whitelist, 'No address is known for manager.')
})

test('a reboot that is due is said, and degrades nothing', async () => {
  const { status, checks, details } = await health({ rebootReasons: async () => ['One.', 'Two.'] })
  assert.deepEqual([status, checks.pending_reboot], ['healthy', 'warn'])
  assert.equal(details.pending_reboot, 'A reboot is due: One. Two.')
})

test('a shutdown that somebody else has scheduled is said, and degrades nothing', async () => {
  const at = new Date('2026-01-01T12:00:00Z')
  const scheduled = { scheduledShutdown: () => ({ mode: 'poweroff', at }) }
  const { status, checks, details } = await health(scheduled)
  assert.deepEqual([status, checks], ['healthy', { ...fine, pending_reboot: 'warn' }])
  const word = 'Somebody has scheduled a poweroff of this host for 2026-01-01T12:00:00.000Z.'
  assert.equal(details['pending_reboot'], word)
  const both = await health({ ...scheduled, rebootReasons: async () => ['A kernel.'] })
  assert.equal(both.details['pending_reboot'], `${word} A reboot is due: A kernel.`)
})

test('where nobody can tell whether a reboot is due, that is said', async () => {
  const { status, details } = await health({
    rebootReasons: async () => {
      throw new Failure('PKG_MANAGER_ERROR', 'dpkg is gone')
    },
  })
  assert.deepEqual(
    [status, details.pending_reboot],
    ['healthy', 'Whether a reboot is due cannot be told.'],
  )
})

test('how the list of revoked certificates is, it says; one that is not good degrades', async () => {
  for (const state of ['expired', 'missing', 'invalid'] as const) {
    const { status, checks, crl } = await health({ revoked: revokedIn(state) })
    assert.deepEqual([status, checks.crl, crl], ['degraded', 'warn', state])
  }
})

/** A service whose looks at the package database are counted, over jobs that the test moves on. */
function watched() {
  const seen = { looks: 0, jobs: { waiting: 0, at_work: 0, ended: 0 } }
  const service = healthService({
    configProblem: () => null,
    whitelist: () => ({ entries: ['10.0.0.1'], problem: null, unresolved: [] }),
    certificate: () => ({ certificate, problem: null }),
    upkeep: () => ({ failure: null, is_retired: false }),
    revoked: revokedIn('valid'),
    rebootReasons: async () => [],
    scheduledShutdown: () => null,
    damage: async () => {
      seen.looks += 1
      return { interrupted: true, broken_packages: [] }
    },
    jobs: () => seen.jobs,
    now: after(1),
    uptimeSeconds: () => 1,
  })
  return { service, seen }
}

test('a monitor that asks often does not make the package database be read often', async () => {
  const { service, seen } = watched()
  await Promise.all([service.get(), service.get(), service.get()])
  assert.equal(seen.looks, 1)
})

test('an answer is kept for half a minute, by a clock that nobody can set', async (t) => {
  const { service, seen } = watched()
  t.mock.method(performance, 'now', () => 1_000_000)
  await service.get()
  t.mock.method(performance, 'now', () => 1_031_000)
  await service.get()
  assert.equal(seen.looks, 2)
})

test('what a job is in the middle of is not called damage', async () => {
  const { service, seen } = watched()
  seen.jobs = { waiting: 0, at_work: 1, ended: 0 }
  assert.equal((await service.get()).checks.package_manager, 'ok')
  assert.equal(seen.looks, 0)
})

test('after a job the host is looked at again', async () => {
  const { service, seen } = watched()
  await service.get()
  seen.jobs = { waiting: 0, at_work: 0, ended: 1 }
  await service.get()
  assert.equal(seen.looks, 2)
})
