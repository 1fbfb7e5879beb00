import type { JobHost } from '@linux-patch/shared/job'
import { compareNames, readPart } from './hosts.ts'
import { hostName } from '../hosts/columns.ts'
import type { Db, Row } from '../schema.ts'
import { inScope, type Scope } from '../scope.ts'

/** A job without what its hosts have logged. */
export type JobOutline = Pick<Row<'job'>, 'id' | 'parent_job_id' | 'kind' | 'completed_at'> & {
  hosts: PartOutline[]
}
export type PartOutline = Pick<
  JobHost,
  'host_id' | 'host_name' | 'status' | 'agent_job_id' | 'reboot_required' | 'rollback' | 'changes'
>

/**
 * A job, then those that take it back, those that take these back, and so on, each with its parts on hosts in the
 * scope. None where there is no such job.
 */
export async function lineageOf(db: Db, id: string, scope: Scope): Promise<JobOutline[]> {
  const jobs = await db
    .withRecursive('lineage', (db) =>
      db
        .selectFrom('job')
        .select(outlined)
        .where('job.id', '=', id)
        .unionAll((of) =>
          of
            .selectFrom('job')
            .innerJoin('lineage', 'lineage.id', 'job.parent_job_id')
            .select(outlined),
        ),
    )
    .selectFrom('lineage')
    .selectAll()
    .orderBy('id') // What follows is younger.
    .execute()
  const ids = jobs.map((job) => job.id)
  const parts = await partsOf(db, ids, scope)
  return jobs.map((job) => ({ ...job, hosts: parts.get(job.id) ?? [] }))
}

const outlined = ['job.id', 'job.parent_job_id', 'job.kind', 'job.completed_at'] as const

async function partsOf(db: Db, job_ids: string[], scope: Scope) {
  if (job_ids.length === 0) return new Map<string, PartOutline[]>()
  const rows = await db
    .selectFrom('job_host')
    .innerJoin('host', 'host.id', 'host_id')
    .select(['job_id', 'host_id', hostName.as('host_name'), 'job_host.status', 'agent_job_id'])
    .select(['reboot_required', 'rollback', 'changes'])
    .where('job_id', 'in', job_ids)
    .where(inScope(scope, 'host.id'))
    .execute()
  const read = rows
    .map((row) => readPart(row))
    .toSorted((a, b) => compareNames(a.host_name, b.host_name))
  return Map.groupBy(read, ({ job_id }) => job_id)
}
