import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { agentApi } from './agent-api.ts'
import { AgentJobStatus, agentJobMoves } from './agent-job.ts'
import { JobPartStatus } from './job.ts'
import { jobPartMoves, jobStatusOf } from './job-moves.ts'
import { PackageName, PackageVersion } from './package.ts'

type Moves = Record<string, { from: readonly string[]; to: string }>

const diagram = (states: readonly string[], moves: Moves) =>
  Object.fromEntries(
    states.map((state) => [
      state,
      Object.keys(moves).filter((move) => moves[move]?.from.includes(state)),
    ]),
  )

test('a job on a host makes these moves and no others', () => {
  assert.deepEqual(diagram(AgentJobStatus.options, agentJobMoves), {
    pending: ['start', 'fail', 'cancel'],
    running: ['complete', 'fail', 'cancel', 'expire'],
    completed: [],
    failed: [],
    cancelled: [],
    timeout: [],
  })
})

test("a host's part of a job makes these moves and no others", () => {
  assert.deepEqual(diagram(JobPartStatus.options, jobPartMoves), {
    queued: ['claim', 'fail', 'cancel'],
    pending: ['start', 'complete', 'fail', 'cancel', 'expire'],
    running: ['complete', 'fail', 'cancel', 'expire'],
    completed: [],
    failed: [],
    cancelled: [],
    timeout: [],
  })
})

test('a job is what its parts are', () => {
  assert.equal(jobStatusOf(['queued', 'queued']), 'queued')
  assert.equal(jobStatusOf(['completed', 'queued']), 'running')
  assert.equal(jobStatusOf(['completed', 'completed']), 'completed')
  assert.equal(jobStatusOf(['completed', 'failed']), 'partial')
  assert.equal(jobStatusOf(['failed', 'timeout']), 'failed')
  assert.equal(jobStatusOf(['timeout', 'timeout']), 'timeout')
  assert.equal(jobStatusOf(['cancelled']), 'cancelled')
})

for (const name of [
  'openssl',
  'g++',
  'libc6:i386',
  'libstdc++6',
  '0ad',
  'python3.11',
  'NetworkManager',
  'mod_ssl',
  'R',
])
  test(`${name} may be the name of a package`, () => assert.equal(PackageName.parse(name), name))

for (const name of [
  'openssl-',
  '-o',
  'a b',
  '?essential',
  '~nx',
  'a=1',
  'a/b',
  './x.deb',
  '*',
  'a~1',
  'task^',
  '.x',
  '',
])
  test(`${JSON.stringify(name)} is no name of a package`, () =>
    assert.throws(() => PackageName.parse(name)))

for (const version of ['3.0*', '-1', '1 2', '1/2', '$(id)', ''])
  test(`${JSON.stringify(version)} is no version`, () =>
    assert.throws(() => PackageVersion.parse(version)))

test('a limit is a whole number from 1 to 1000 and never clamped', () => {
  const { input } = agentApi.listPackages
  assert.equal(input.parse({ limit: '7' }).limit, 7)
  assert.equal(input.parse({}).limit, 100)
  for (const limit of ['0', '1001', '-1', '1e2', ' 5', '', 'x', '0x10'])
    assert.throws(() => input.parse({ limit }), `limit=${limit}`)
})

test('a filter by status takes one, several or all', () => {
  const { input } = agentApi.listJobs
  assert.deepEqual(input.parse({ status: 'failed,timeout' }).status, ['failed', 'timeout'])
  assert.equal(input.parse({ status: 'all' }).status?.length, 6)
  assert.throws(() => input.parse({ status: 'done' }))
})

test('whatever passes for a name or a version is no option, path or expression to apt', () => {
  const alphabet = fc.constantFrom(...'az09+.-:~*?/=<>@ \n'.split(''))
  const text = fc.string({ unit: alphabet, maxLength: 12 })
  fc.assert(
    fc.property(text, (one) => {
      const [name, version] = [PackageName.safeParse(one), PackageVersion.safeParse(one)]
      if (name.success) assert.match(one, /^[a-z0-9][a-z0-9+.:-]*$/)
      if (name.success) assert.doesNotMatch(one, /-$|:.*[^a-z0-9]/)
      if (version.success) assert.doesNotMatch(one, /^[-.]|[*?/=<>@\s]/)
    }),
    { numRuns: 2000 },
  )
})
