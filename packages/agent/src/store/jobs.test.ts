import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { test } from 'node:test'
import { AT, newFolder, newJob, page } from './store.test.kit.ts'

test('what was added is there after the file was opened again, by nobody but its owner', () => {
  using folder = newFolder()
  let job_id = ''
  {
    using first = folder.open()
    job_id = first.jobs.add(newJob()).job.job_id
  }
  using second = folder.open()
  assert.equal(second.jobs.get(job_id).status, 'pending')
  assert.deepEqual(second.jobs.get(job_id).request, newJob().request)
  assert.equal(statSync(folder.path).mode & 0o777, 0o600)
})

test('of two that start the same job, one is refused', () => {
  using folder = newFolder()
  using one = folder.open()
  using other = folder.open()
  const { job_id } = one.jobs.add(newJob()).job
  const start = { message: 'Starts.', phase: 'plan', boot_id: 'boot-1' } as const
  assert.equal(one.jobs.move(job_id, 'start', start).started_at, AT.toISOString())
  assert.throws(() => other.jobs.move(job_id, 'start', start), { code: 'JOB_CONFLICT' })
})

test('no second job starts while anything of another runs, though that one has its final status', () => {
  using folder = newFolder()
  using store = folder.open()
  const [first, second] = [store.jobs.add(newJob()).job, store.jobs.add(newJob()).job]
  const start = { message: 'Starts.', phase: 'install', boot_id: 'boot-1' } as const
  store.jobs.move(first.job_id, 'start', start)
  store.jobs.move(first.job_id, 'expire', { message: 'Took too long.' })
  assert.throws(() => store.jobs.move(second.job_id, 'start', start), { code: 'JOB_CONFLICT' })
  assert.equal(store.jobs.next()?.job_id, first.job_id)

  store.jobs.advance(first.job_id, 'over', { boot_id: 'boot-1' })
  assert.equal(store.jobs.next()?.job_id, second.job_id)
  assert.equal(store.jobs.move(second.job_id, 'start', start).status, 'running')
})

test('a job that has ended moves no more', () => {
  using folder = newFolder()
  using store = folder.open()
  const { job_id } = store.jobs.add(newJob()).job
  const move = { message: '' }
  assert.throws(() => store.jobs.move(job_id, 'complete', move), { code: 'JOB_CONFLICT' })
  store.jobs.move(job_id, 'fail', { ...move, phase: 'over' })
  for (const refused of ['start', 'complete', 'fail', 'cancel', 'expire'] as const)
    assert.throws(() => store.jobs.move(job_id, refused, move), { code: 'JOB_CONFLICT' })
})

test('a key makes one job for each caller, and no other request may use it', () => {
  using folder = newFolder()
  using one = folder.open()
  using other = folder.open()
  const asked = newJob({ idempotency_key: 'key-1' })
  const first = one.jobs.add(asked)
  const second = other.jobs.add(asked)
  assert.equal(second.job.job_id, first.job.job_id)
  assert.equal(second.is_new, false)
  assert.throws(() => other.jobs.add({ ...asked, request_hash: 'hash-2' }), {
    code: 'JOB_CONFLICT',
    details: { reason: 'idempotency_key_reused', job_id: first.job.job_id },
  })
  assert.equal(other.jobs.add({ ...asked, caller: 'urn:lpm:operator:eve' }).is_new, true)
})

test('progress only ever goes up, and stands still once the job has ended', () => {
  using folder = newFolder()
  using store = folder.open()
  const { job_id } = store.jobs.add(newJob()).job
  store.jobs.record(job_id, { progress_percent: 40, message: 'Downloads.' })
  store.jobs.record(job_id, { progress_percent: 30 })
  assert.equal(store.jobs.get(job_id).progress_percent, 40)
  assert.equal(store.jobs.get(job_id).message, 'Downloads.')
  store.jobs.move(job_id, 'fail', { message: 'Failed.' })
  store.jobs.record(job_id, { progress_percent: 90, message: 'Late.', output_offset: 7 })
  assert.equal(store.jobs.get(job_id).message, 'Failed.')
  assert.equal(store.jobs.get(job_id).output_offset, 7)
})

test('a list is filtered, counted before it is cut, and sorted both ways', () => {
  using folder = newFolder()
  using store = folder.open()
  const ids = [1, 2, 3].map(() => store.jobs.add(newJob()).job.job_id)
  store.jobs.add(newJob({ operation: 'update' }))
  store.jobs.move(ids[1] ?? '', 'fail', { message: '', phase: 'over' })

  const installs = { ...page, operation: 'install' as const }
  const shown = (list: { jobs: { job_id: string }[] }) => list.jobs.map(({ job_id }) => job_id)
  assert.deepEqual(shown(store.jobs.list(installs)), ids.toReversed())
  assert.deepEqual(shown(store.jobs.list({ ...installs, order: 'asc' })), ids)
  const second = store.jobs.list({ ...installs, limit: 1, offset: 1 })
  assert.deepEqual([shown(second), second.total], [[ids[1]], 3])
  const failed = store.jobs.list({ ...page, status: ['failed', 'timeout'] })
  assert.deepEqual([shown(failed), failed.total], [[ids[1]], 1])
})

test('the log of a job keeps its beginning and its end, and says what it left out', () => {
  using folder = newFolder()
  using store = folder.open()
  const { job_id } = store.jobs.add(newJob()).job
  const text = 'x'.repeat(900)
  for (let from = 0; from < 3000; from += 100)
    store.jobs.log(
      job_id,
      Array.from({ length: 100 }, (_, at) => ({
        timestamp: AT.toISOString(),
        level: 'info' as const,
        message: `${from + at} ${text}`,
      })),
    )
  const { logs } = store.jobs.read(job_id)
  const weight = logs.reduce((sum, { message }) => sum + message.length, 0)
  assert.ok(weight < 1024 * 1024, `${weight} bytes`)
  assert.ok(weight > 900 * 1024, `${weight} bytes`)
  assert.match(logs[0]?.message ?? '', /^0 /)
  assert.match(logs.at(-1)?.message ?? '', /^2999 /)
  const gap = logs.find(({ level }) => level === 'warning')?.message ?? ''
  assert.equal(
    gap,
    `${3000 - (logs.length - 1)} lines were left out here, because the log of a job is kept to 1 MiB.`,
  )
})
