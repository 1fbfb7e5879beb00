import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JobDetail, JobHost } from '@linux-patch/shared/job'
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { liveCache } from './live-cache.ts'

const at = '2026-11-22T12:00:00.000Z'
const part: JobHost = {
  host_id: 'a',
  host_name: 'a',
  status: 'running',
  agent_job_id: null,
  cancel_requested_at: null,
  cancel_refused: null,
  progress_percent: 10,
  message: '',
  error_code: null,
  last_error: null,
  reboot_required: null,
  rollback: null,
  changes: [],
  logs: [],
  updated_at: at,
  completed_at: null,
}
const job: JobDetail = {
  id: 'job',
  kind: 'patch_apply',
  parent_job_id: null,
  status: 'running',
  progress_percent: 5,
  host_names: ['a', 'b'],
  packages: [],
  patches: [],
  exclude_packages: [],
  purge: false,
  notes: '',
  created_by: 'admin',
  created_at: at,
  started_at: at,
  completed_at: null,
  hosts: [part, { ...part, host_id: 'b', host_name: 'b' }],
  on_other_hosts: false,
  rollback_job_ids: [],
  related_jobs: [],
  revertible_host_ids: [],
}

function pageWithJob() {
  const queries = new QueryClient()
  queries.setQueryData(['job', 'job'], job)
  const cache = liveCache(queries, 0)
  const shown = () => queries.getQueryData<JobDetail>(['job', 'job'])
  const isStale = () => queries.getQueryState(['job', 'job'])?.isInvalidated
  return { cache, shown, isStale }
}
const soon = () => new Promise((resolve) => setTimeout(resolve, 5))
const say = { job_id: 'job', host_id: 'b', progress_percent: 60, message: 'Unpacking' }

test('progress of one host moves that host alone', async () => {
  const { cache, shown, isStale } = pageWithJob()
  cache.apply({ type: 'job_host_status', payload: { ...say, status: 'running' } })
  await soon()
  assert.deepEqual(
    shown()?.hosts.map(({ progress_percent }) => progress_percent),
    [10, 60],
  )
  assert.equal(isStale(), false)
})

test('a log line is added once, however often it is heard', () => {
  const { cache, shown } = pageWithJob()
  const line = { timestamp: at, level: 'info', message: 'Unpacking' } as const
  for (let times = 0; times < 2; times++)
    cache.apply({ type: 'job_log', payload: { ...line, job_id: 'job', host_id: 'a' } })
  assert.deepEqual(
    shown()?.hosts.map(({ logs }) => logs),
    [[line], []],
  )
})

test('the end of a part, the end of a job and a change are asked about', async () => {
  for (const message of [
    { type: 'job_host_status', payload: { ...say, status: 'failed' } },
    { type: 'job_status', payload: { ...say, status: 'partial', progress_percent: 100 } },
    { type: 'changed', payload: { what: 'jobs' } },
  ] as const) {
    const { cache, isStale } = pageWithJob()
    cache.apply(message)
    await soon()
    assert.equal(isStale(), true, message.type)
  }
})

test('a job that the page has not read is not made up', () => {
  const queries = new QueryClient()
  liveCache(queries, 0).apply({ type: 'job_host_status', payload: { ...say, status: 'running' } })
  assert.equal(queries.getQueryData(['job', 'job']), undefined)
})

test('after a silence all is asked again, but for a preview that somebody reads', async () => {
  const queries = new QueryClient()
  const asked: string[] = []
  const closers = ['preview', 'jobs'].map((name) => {
    const queryFn = () => Promise.resolve(asked.push(name))
    return new QueryObserver(queries, { queryKey: [name, {}], queryFn }).subscribe(() => {})
  })
  await soon()
  liveCache(queries, 0).askAll()
  await soon()
  assert.deepEqual(asked, ['preview', 'jobs', 'jobs'])
  for (const close of closers) close()
})
