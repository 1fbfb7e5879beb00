import { Failure } from '@linux-patch/shared/failure'
import type { JobSelection } from './jobs.ts'
import type { Db } from '../schema.ts'
import { inScope, type Scope } from '../scope.ts'

type Filter = Pick<JobSelection, 'scope' | 'status' | 'host_id'>

/** Jobs of which a part at least is on a host in the scope, and on this one where it is named. */
export const jobsIn = (db: Db, { scope, status, host_id }: Filter) =>
  db
    .selectFrom('job')
    .$if(status !== undefined, (query) => query.where('status', '=', status!))
    .$if(host_id !== undefined || scope !== 'all', (query) =>
      query.where('id', 'in', (of) =>
        of
          .selectFrom('job_host')
          .select('job_id')
          .where(inScope(scope, 'job_host.host_id'))
          .$if(host_id !== undefined, (part) => part.where('host_id', '=', host_id!)),
      ),
    )

/** Whether a job is on hosts out of the scope too. */
export async function isBeyond(db: Db, job_id: string, scope: Scope): Promise<boolean> {
  if (scope === 'all') return false
  const row = await db
    .selectFrom('job_host')
    .select('id')
    .where('job_id', '=', job_id)
    .where(({ not }) => not(inScope(scope, 'job_host.host_id')))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Refuses whoever does not see all the hosts of a job: what he decided would count for them too. */
export async function requireWhole(db: Db, id: string, scope: Scope): Promise<void> {
  const row = await jobsIn(db, { scope }).select('id').where('id', '=', id).executeTakeFirst()
  if (!row) throw noSuchJob()
  if (await isBeyond(db, id, scope))
    throw new Failure(
      'forbidden_scope',
      'This job is also on hosts that are not of your groups: ask somebody who sees them all.',
    )
}

export const noSuchJob = () => new Failure('not_found', 'There is no such job.')
