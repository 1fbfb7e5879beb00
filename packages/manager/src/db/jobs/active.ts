import { jobPartMoves } from '@linux-patch/shared/job-moves'
import type { Db } from '../schema.ts'

/** How many jobs a host has a part in that has not ended. */
export const activeJobsOf =
  (db: Db) =>
  async (host_id: string): Promise<number> => {
    const { jobs } = await db
      .selectFrom('job_host')
      .select((of) => of.fn.countAll<number>().as('jobs'))
      .where('host_id', '=', host_id)
      .where('status', 'in', jobPartMoves.cancel.from)
      .executeTakeFirstOrThrow()
    return jobs
  }
