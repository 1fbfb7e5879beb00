import type { Paging } from '@linux-patch/shared/page'
import type { WaitingEnrollment } from './enrollments.ts'
import type { Db } from '../schema.ts'

type Status = 'pending' | 'approved'
export type Listing = Paging & { status?: Status }

export async function listEnrollments(
  db: Db,
  { limit, offset, status = 'pending' }: Listing,
  now: string,
): Promise<{ rows: WaitingEnrollment[]; total: number }> {
  const rows = await listed(db, status, now)
    .selectAll()
    .select((of) =>
      of
        .selectFrom('join_code')
        .select('name')
        .whereRef('join_code.id', '=', 'enrollment.join_code_id')
        .as('join_code_name'),
    )
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit)
    .offset(offset)
    .execute()
  return {
    rows: rows.map((row) => ({ ...row, os_details: JSON.parse(row.os_details) })),
    total: await count(listed(db, status, now)),
  }
}

export const countPending = (db: Db, now: string, source_ip?: string): Promise<number> =>
  count(
    listed(db, 'pending', now).$if(source_ip !== undefined, (query) =>
      query.where('source_ip', '=', source_ip!),
    ),
  )

/** Of those taken in, the ones whose key was made here. */
const listed = (db: Db, status: Status, now: string) =>
  db
    .selectFrom('enrollment')
    .where('status', '=', status)
    .where('expires_at', '>', now)
    .$if(status === 'approved', (query) => query.where('csr_pem', '=', ''))

async function count(query: ReturnType<typeof listed>) {
  const { count } = await query
    .select((of) => of.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}
