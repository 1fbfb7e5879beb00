import { Failure } from '@linux-patch/shared/failure'
import type { JobKind, NewJob as Wanted } from '@linux-patch/shared/job'
import { flag } from '../flag.ts'
import { newId } from '../id.ts'
import type { Db, Row } from '../schema.ts'
import { inScope, refusedIds, type Scope } from '../scope.ts'
import { within } from '../within.ts'

export type NewJob = Omit<Wanted, 'kind' | 'host_ids' | 'expected_digests'> & {
  kind: JobKind
  parent_job_id: string | null
  created_by: string
  created_by_id: string
  created_at: string
  /** The same key and the same hash again is the same job; the same key with another hash is refused. */
  idempotency_key: string | null
  request_hash: string | null
}
type Adding = {
  job: NewJob
  host_ids: string[]
  expected_digests?: Record<string, string>
  /** Of whoever wants it: no host outside may be in it. */
  scope: Scope
}

/** How a job comes to be. */
export const jobAdding = (db: Db) => ({
  /** Stores a job with a part for each host, or finds the one that the same request made before. */
  add: ({ job, host_ids, expected_digests = {}, scope }: Adding) =>
    within(db, async (db): Promise<{ id: string; added: boolean }> => {
      const row = await insertJob(db, job)
      if (!row) return { id: await sameJob(db, job), added: false }
      await refuseUnknown(db, row, host_ids, scope)
      await insertParts(db, row, host_ids, expected_digests)
      return { id: row.id, added: true }
    }),

  /** The job that this person's key has made, and the request that it was made from. */
  findByKey: (created_by_id: string, key: string) => findByKey(db, created_by_id, key),
})

function insertJob(db: Db, { packages, patches, exclude_packages, purge, ...job }: NewJob) {
  return db
    .insertInto('job')
    .values({
      ...job,
      id: newId(),
      status: 'queued',
      progress_percent: 0,
      packages: JSON.stringify(packages),
      patches: JSON.stringify(patches),
      exclude_packages: JSON.stringify(exclude_packages),
      purge: flag(purge),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
}

async function refuseUnknown(db: Db, job: Row<'job'>, host_ids: string[], scope: Scope) {
  const hosts = await db
    .selectFrom('host')
    .select('id')
    .where('id', 'in', host_ids)
    .where(inScope(scope, 'host.id'))
    // What was done on a host that has left cannot be taken back, and its part will say so.
    .$if(job.parent_job_id === null, (query) => query.where('retired_at', 'is', null))
    .execute()
  const known = new Set(hosts.map(({ id }) => id))
  const missing = host_ids.filter((id) => !known.has(id))
  if (missing.length > 0) throw refusedIds(scope, 'host', missing)
}

async function insertParts(
  db: Db,
  job: Row<'job'>,
  host_ids: string[],
  digests: Record<string, string>,
) {
  const parts = [...new Set(host_ids)].map((host_id) => ({
    id: newId(),
    job_id: job.id,
    host_id,
    status: 'queued' as const,
    expected_digest: digests[host_id] ?? null,
    attempts: 0,
    progress_percent: 0,
    message: '',
    changes: '[]',
    log_count: 0,
    log_bytes: 0,
    updated_at: job.created_at,
  }))
  await db.insertInto('job_host').values(parts).execute()
}

/** Only reached when the key was taken: by an earlier request, or by the same one a moment ago. */
async function sameJob(db: Db, { created_by_id, idempotency_key, request_hash }: NewJob) {
  const known = idempotency_key && (await findByKey(db, created_by_id, idempotency_key))
  if (!known) throw new Error('A job could not be stored, and no job has its key.')
  if (known.request_hash === request_hash) return known.id
  throw new Failure(
    'idempotency_conflict',
    'This Idempotency-Key was used before, for another request.',
    { details: { job_id: known.id } },
  )
}

const findByKey = (db: Db, created_by_id: string, key: string) =>
  db
    .selectFrom('job')
    .select(['id', 'request_hash'])
    .where('created_by_id', '=', created_by_id)
    .where('idempotency_key', '=', key)
    .executeTakeFirst()
