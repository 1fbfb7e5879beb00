import type { Job, JobDetail, JobStatus } from '@linux-patch/shared/job'
import type { Order, Paging } from '@linux-patch/shared/page'
import { jobAdding } from './adding.ts'
import { cancelParts, type Cancelling } from './cancel.ts'
import { jobLogs } from './logs.ts'
import { hostNamesOf, jobHostsOf } from './hosts.ts'
import { lineageOf, type JobOutline } from './lineage.ts'
import { partStore } from './parts.ts'
import { lockedIn } from '../locked-in.ts'
import type { Db, Engine, Row } from '../schema.ts'
import { isBeyond, jobsIn, noSuchJob, requireWhole } from './scope.ts'
import type { Scope } from '../scope.ts'

export type Jobs = ReturnType<typeof jobStore>
/** What is stored of a job; what may become of it is decided elsewhere. */
export type StoredJob = Omit<JobDetail, 'revertible_host_ids'>
export type JobSelection = Paging & {
  scope: Scope
  status?: JobStatus | undefined
  host_id?: string | undefined
  order: Order
}

export const jobStore = (db: Db, engine: Engine) => ({
  ...partStore(db, engine),
  ...jobLogs(db, engine),
  ...jobAdding(db),

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
