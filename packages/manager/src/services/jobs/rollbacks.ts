import type { Input } from '@linux-patch/shared/contract'
import type { JobDetail } from '@linux-patch/shared/job'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { PartOutline } from '../../db/jobs/lineage.ts'
import type { NewJob } from '../../db/jobs/adding.ts'
import type { Database, Stores } from '../../db/open.ts'
import type { Scope } from '../../db/scope.ts'
import { entryFor } from '../audit/audit.ts'
import { personOf, scopeOf, type ManagerCall } from '../caller.ts'
import type { Live } from '../live.ts'
import { viewJob } from './job-view.ts'
import { revertible } from './revertible.ts'
import { hashOf } from '../secret-hash.ts'

type Deps = {
  database: Database
  live: Live
  /** Wakes the engine that brings jobs to their hosts. */
  wake: () => void
  now: () => Date
}
type Asked = Input<ManagerApi['rollbackJob']>

/** A rollback is a job of its own, on the hosts where its parent changed something. It can be taken back too. */
export function rollbackService({ database, live, wake, now }: Deps) {
  async function add(stores: Stores, { id, notes }: Asked, call: ManagerCall) {
    const scope = scopeOf(call)
    await stores.jobs.requireWhole(id, scope)
    await stores.jobs.lock(id)
    const { user } = personOf(call)
    const about = {
      created_by_id: user.id,
      created_by: user.username,
      created_at: now().toISOString(),
      idempotency_key: call.idempotency_key,
      request_hash: hashOf(JSON.stringify(['rollback', id, notes])),
      notes,
    }
    // Sent again, the request is answered with what it made, which by now would be refused.
    const key = call.idempotency_key
    const isRepeated = key !== null && (await stores.jobs.findByKey(user.id, key)) !== undefined
    const hosts = isRepeated ? [] : await toRevert(stores, id, scope)
    return stores.jobs.add({
      job: { ...about, ...rollbackOf(id, hosts) },
      host_ids: hosts.map(({ host_id }) => host_id),
      scope,
    })
  }

  async function create(input: Asked, call: ManagerCall): Promise<JobDetail> {
    const { id, added } = await database.transaction(async (stores) => {
      const stored = await add(stores, input, call)
      const what = {
        action: 'job_rollback',
        target_type: 'job',
        target_id: stored.id,
        details: { parent_job_id: input.id, notes: input.notes },
      }
      if (stored.added) await stores.audit.append(entryFor(call, now(), what))
      return stored
    })
    if (added) {
      live.changed('jobs')
      wake()
    }
    return viewJob(database.stores.jobs, id, scopeOf(call))
  }

  return { create }
}

async function toRevert({ jobs }: Stores, id: string, scope: Scope): Promise<PartOutline[]> {
  const { hosts, refusal } = revertible(id, await jobs.lineage(id, scope))
  if (refusal) throw refusal
  return hosts
}

function rollbackOf(parent_job_id: string, hosts: PartOutline[]) {
  const changed = hosts
    .flatMap(({ changes }) => changes)
    .filter(({ outcome }) => outcome !== 'not_done')
    .map(({ name }) => name)
  return {
    kind: 'rollback',
    parent_job_id,
    packages: [...new Set(changed)].toSorted().map((name) => ({ name, version: null })),
    patches: [],
    exclude_packages: [],
    purge: false,
  } satisfies Partial<NewJob>
}
