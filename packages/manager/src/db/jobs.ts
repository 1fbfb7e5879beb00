import { Failure } from '@linux-patch/shared/failure'
import type { Job, JobDetail, JobKind, JobStatus, NewJob as Wanted } from '@linux-patch/shared/job'
import type { Order, Paging } from '@linux-patch/shared/page'
import { newId } from './id.ts'
import { cancelParts, type Cancelling } from './job-cancel.ts'
import { jobLogs } from './job-logs.ts'
import { hostNamesOf, jobHostsOf } from './job-hosts.ts'
import { lineageOf, type JobOutline } from './job-lineage.ts'
import { partStore } from './job-parts.ts'
import { lockedIn } from './locked-in.ts'
import { flag } from './flag.ts'
import type { Db, Engine, Row } from './schema.ts'
import { isBeyond, jobsIn, noSuchJob, requireWhole } from './job-scope.ts'
import { inScope, refusedIds, type Scope } from './scope.ts'
import { within } from './within.ts'

export type Jobs = ReturnType<typeof jobStore>
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
/** What is stored of a job; what may become of it is decided elsewhere. */
export type StoredJob = Omit<JobDetail, 'revertible_host_ids'>
type Adding = {
  job: NewJob
  host_ids: string[]
  expected_digests?: Record<string, string>
  /** Of whoever wants it: no host outside may be in it. */
  scope: Scope
}
export type JobSelection = Paging & {
  scope: Scope
  status?: JobStatus | undefined
  host_id?: string | undefined
  order: Order
}

export const jobStore = (db: Db, engine: Engine) => ({
  ...partStore(db, engine),
  ...jobLogs(db, engine),

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

  /** What of it is on hosts in the scope. A job that is on none of them is told from none by nobody. */
  get: (id: string, scope: Scope): Promise<StoredJob> => getJob(db, id, scope),

  /** Refuses whoever does not see all the hosts of a job: what he decided would count for them too. */
  requireWhole: (id: string, scope: Scope): Promise<void> => requireWhole(db, id, scope),

  /** How a job stands, and how far it is. */
  standing: (id: string): Promise<Pick<Job, 'status' | 'progress_percent'>> =>
    db
      .selectFrom('job')
      .select(['status', 'progress_percent'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow(noSuchJob),

  /** How a job stands; nobody else decides about it until the transaction ends. */
  async lock(id: string): Promise<JobStatus> {
    const job = await db
      .selectFrom('job')
      .select('status')
      .where('id', '=', id)
      .$call(lockedIn(engine))
      .executeTakeFirst()
    if (!job) throw noSuchJob()
    return job.status
  },

  lineage: (id: string, scope: Scope): Promise<JobOutline[]> => lineageOf(db, id, scope),

  /** Cancels a job. Answers how many of its parts had not ended: none, and it was too late. */
  cancel: (id: string, how: Cancelling): Promise<number> => cancelParts(db, engine, id, how),

  async list({ limit, offset, order, ...filter }: JobSelection) {
    const rows = await jobsIn(db, filter)
      .selectAll()
      .orderBy('created_at', order)
      .orderBy('id', order)
      .limit(limit)
      .offset(offset)
      .execute()
    const { total } = await jobsIn(db, filter)
      .select((of) => of.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    return { rows: await withNames(db, rows, filter.scope), total }
  },
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

async function getJob(db: Db, id: string, scope: Scope): Promise<StoredJob> {
  const row = await jobsIn(db, { scope }).selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw noSuchJob()
  const hosts = await jobHostsOf(db, id, scope)
  const related_jobs = await relatedTo(db, row, scope)
  return {
    ...toJob(
      row,
      hosts.map(({ host_name }) => host_name),
    ),
    hosts,
    on_other_hosts: await isBeyond(db, id, scope),
    rollback_job_ids: related_jobs
      .filter(({ parent_job_id }) => parent_job_id === id)
      .map((job) => job.id),
    related_jobs,
  }
}

async function relatedTo(db: Db, { id, parent_job_id }: Row<'job'>, scope: Scope): Promise<Job[]> {
  const rows = await jobsIn(db, { scope })
    .selectAll()
    .where((of) => of.or([of('parent_job_id', '=', id), of('id', '=', parent_job_id)]))
    .orderBy('id')
    .execute()
  return withNames(db, rows, scope)
}

async function withNames(db: Db, rows: Row<'job'>[], scope: Scope): Promise<Job[]> {
  const ids = rows.map(({ id }) => id)
  const names = await hostNamesOf(db, ids, scope)
  return rows.map((row) => toJob(row, names.get(row.id) ?? []))
}

const toJob = (
  { created_by_id, idempotency_key, request_hash, ...row }: Row<'job'>,
  host_names: string[],
): Job => ({
  ...row,
  host_names,
  packages: JSON.parse(row.packages),
  patches: JSON.parse(row.patches),
  exclude_packages: JSON.parse(row.exclude_packages),
  purge: row.purge === 1,
})
