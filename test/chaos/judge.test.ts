import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentJob, AgentJobResult } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import { judge, type Told } from './judge.ts'
import { judgeRefusal } from './judge-rollback.ts'
import type { HostState } from './state.ts'

/** A host by its packages: `ii 1.0-1`, and a `*` at the end of what is automatic. */
const hostWith = (packages: Record<string, string>, audit = ''): HostState => ({
  audit,
  packages: new Map(
    Object.entries(packages).map(([name, text]) => {
      const [status = '', version = '', mark] = text.split(' ')
      return [name, { status, version, automatic: mark === '*' }]
    }),
  ),
})
const upgrade = {
  name: 'a',
  action: 'upgrade',
  version_before: '1',
  version_planned: '2',
  version_after: '2',
  outcome: 'done',
} as const
const removal = { ...upgrade, name: 'b', action: 'remove', version_after: null } as const

function jobOf(status: AgentJob['status'], result: Partial<AgentJobResult> = {}): AgentJob {
  const success = status === 'completed'
  const common = { packages_installed: [], packages_failed: [], reboot_required: false }
  const rest = { changes: [upgrade], error: null, rollback: null }
  return {
    job_id: '00000000-0000-4000-8000-000000000000',
    operation: 'update',
    status,
    progress_percent: 100,
    message: '',
    created_at: '',
    updated_at: '',
    completed_at: '',
    packages: ['a'],
    original_job_id: null,
    cancel_requested_at: null,
    scheduled_at: null,
    logs: [],
    result: { ...common, ...rest, success, ...result },
  }
}

const [before, after] = [hostWith({ a: 'ii 1 *', b: 'ii 1' }), hostWith({ a: 'ii 2 *', b: 'ii 1' })]
const start = async () => ({ job_id: '' })
const updated: Told = {
  request: { title: 'update a', start, wanted: { a: '2' } },
  before,
  after,
  job: jobOf('completed'),
  is_unwanted: false,
  fails: false,
  is_impossible: async () => false,
}
const original = { job: jobOf('completed'), title: 'update a', before, after }
const back = { ...upgrade, action: 'downgrade', version_after: '1' } as const
const takenBack: Told = {
  ...updated,
  request: { title: 'take it back', start, wanted: {}, original },
  before: after,
  after: before,
  job: jobOf('completed', { changes: [back] }),
}

test('what went as it should is passed', async () => {
  await judge(updated)
  await judge(takenBack)
})

const broken = { a: 'iF 2 *', b: 'ii 1' }
const failed = { changes: [{ ...upgrade, outcome: 'broken' as const }], packages_failed: ['a'] }
const wrong: Record<string, [Told, RegExp]> = {
  'a host that dpkg finds fault with': [
    { ...updated, after: hostWith({ a: 'ii 2 *', b: 'ii 1' }, '0001') },
    /not whole/,
  ],
  'something broken that the job does not name': [
    { ...updated, after: hostWith({ a: 'ii 2 *', b: 'iU 1' }, 'b') },
    /b is broken/,
  ],
  'something broken that the next job leaves': [
    { ...updated, before: hostWith(broken), after: hostWith(broken), job: jobOf('failed', failed) },
    /did not repair/,
  ],
  'a version that is not there': [{ ...updated, after: before }, /not what the job says/],
  'a change that the job does not name': [
    { ...updated, after: hostWith({ a: 'ii 2 *', b: 'ii 2' }) },
    /says nothing/,
  ],
  'a change that the job says it has not made': [
    {
      ...updated,
      is_unwanted: true,
      job: jobOf('cancelled', { changes: [{ ...upgrade, outcome: 'not_done' }] }),
    },
    /says nothing/,
  ],
  'a failure without a reason': [{ ...updated, job: jobOf('failed') }, /ended as failed/],
  'a cancel that nobody asked for': [{ ...updated, job: jobOf('cancelled') }, /ended as cancelled/],
  'a job that has not ended': [{ ...updated, job: jobOf('running') }, /ended as running/],
  'a refusal of what apt would do': [
    {
      ...updated,
      after: before,
      job: jobOf('failed', {
        changes: [],
        error: { code: 'PKG_DEPENDENCY_ERROR', message: '' },
      }),
    },
    /apt would do it/,
  ],
  'less than was asked for': [
    { ...updated, request: { ...updated.request, wanted: { b: '2' } } },
    /b is not what was asked for/,
  ],
  'a rollback that loses a mark': [
    { ...takenBack, after: hostWith({ a: 'ii 1', b: 'ii 1' }) },
    /a is not restored/,
  ],
  'a rollback that takes more along': [
    {
      ...takenBack,
      after: hostWith({ a: 'ii 1 *' }),
      job: jobOf('completed', { changes: [back, removal] }),
    },
    /more than its job/,
  ],
}
for (const [what, [told, complaint]] of Object.entries(wrong))
  test(`it finds ${what}`, () => assert.rejects(judge(told), complaint))

test('a rollback is not refused but for what dpkg confirms', () => {
  const refuse = (reason: string) => new Failure('INVALID_REQUEST', 'No.', { details: { reason } })
  for (const reason of [
    'nothing_to_revert',
    'changed_since',
    'already_rolled_back',
    'not_revertible',
  ])
    assert.throws(() => judgeRefusal(refuse(reason), original, after), /was refused/)
  judgeRefusal(refuse('nothing_to_revert'), original, before)
  judgeRefusal(refuse('changed_since'), original, hostWith({ a: 'ii 3', b: 'ii 1' }))
  assert.throws(() => judgeRefusal(refuse('changed_since'), original, before), /was refused/)
})
