import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { JobDetail, NewJob } from '@linux-patch/shared/job'
import { cancelledUnasked } from '@linux-patch/shared/job-moves'
import { faultOfJob } from '@linux-patch/shared/job-rules'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Database } from '../../db/open.ts'
import { entryFor } from '../audit/audit.ts'
import { personOf, scopeOf, type ManagerCall } from '../caller.ts'
import { viewJob } from './job-view.ts'
import type { Live } from '../live.ts'
import { hashOf } from '../secret-hash.ts'

type Deps = {
  database: Database
  live: Live
  /** Wakes the engine that brings jobs to their hosts. */
  wake: () => void
  now: () => Date
}

export function jobService({ database, live, wake, now }: Deps) {
  const { jobs } = database.stores

  async function create(input: NewJob, call: ManagerCall): Promise<JobDetail> {
    const fault = faultOfJob(input)
    if (fault) throw fault
    const { host_ids, expected_digests, ...wanted } = input
    const { user } = personOf(call)
    const { id, added } = await database.transaction(async (stores) => {
      const stored = await stores.jobs.add({
        job: {
          ...wanted,
          parent_job_id: null,
          created_by_id: user.id,
          created_by: user.username,
          created_at: now().toISOString(),
          idempotency_key: call.idempotency_key,
          request_hash: hashOf(JSON.stringify(input)),
        },
        host_ids,
        expected_digests,
        scope: scopeOf(call),
      })
      const what = {
        action: 'job_create',
        target_type: 'job',
        target_id: stored.id,
        details: input,
      }
      if (stored.added) await stores.audit.append(entryFor(call, now(), what))
      return stored
    })
    if (added) {
      live.changed('jobs')
      wake()
    }
    return viewJob(jobs, id, scopeOf(call))
  }

  /** Hosts that were never asked will not be; the others are told, and say themselves how it ended. */
  async function cancel({ id }: Input<ManagerApi['cancelJob']>, call: ManagerCall) {
    await database.transaction(async (stores) => {
      await stores.jobs.requireWhole(id, scopeOf(call))
      const how = { now: now().toISOString(), message: cancelledUnasked }
      const open = await stores.jobs.cancel(id, how)
      const status = await stores.jobs.lock(id)
      if (open === 0)
        throw new Failure('conflict', 'The job has ended already.', {
          details: { reason: 'has_ended', status },
        })
      const what = { action: 'job_cancel', target_type: 'job', target_id: id }
      await stores.audit.append(entryFor(call, now(), what))
    })
    live.changed('jobs')
    wake()
    return viewJob(jobs, id, scopeOf(call))
  }

  async function list(
    { limit, offset, ...filter }: Input<ManagerApi['listJobs']>,
    call: ManagerCall,
  ) {
    const scope = scopeOf(call)
    const { rows, total } = await jobs.list({ ...filter, scope, limit, offset })
    return { jobs: rows, total, limit, offset }
  }

  const get = ({ id }: Input<ManagerApi['getJob']>, call: ManagerCall) =>
    viewJob(jobs, id, scopeOf(call))

  return { create, cancel, list, get }
}
