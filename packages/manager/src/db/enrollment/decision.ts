import { Failure } from '@linux-patch/shared/failure'
import type { EnrollmentDecision } from '../hosts/tables.ts'
import type { Db, Row } from '../schema.ts'

export type Decision = {
  to: EnrollmentDecision
  by: string
  at: string
  reason: string | null
  bundle: string | null
  bundle_expires_at: string | null
  sealed_key: string | null
}

/** Of two who decide at once, one is refused. */
export async function decide(db: Db, id: string, decision: Decision): Promise<Row<'enrollment'>> {
  const { to, by, at, ...rest } = decision
  const row = await db
    .updateTable('enrollment')
    .set({ ...rest, status: to, decided_by: by, decided_at: at })
    .$if(to === 'denied', (query) => query.set(purged))
    .where('id', '=', id)
    .where('expires_at', '>', at)
    // One whose key was made here, and is not there any more, may be approved again.
    .where((of) =>
      of.or([
        of('status', '=', 'pending'),
        of.and([
          of(of.val(to), '=', 'approved'),
          of('status', '=', 'approved'),
          of('csr_pem', '=', ''),
          of.or([of('sealed_key', 'is', null), of('bundle_expires_at', '<=', at)]),
        ]),
      ]),
    )
    .returningAll()
    .executeTakeFirst()
  if (!row) throw await whyNot(db, id)
  return row
}

/** All that a host said of itself. */
const purged = {
  machine_id: '',
  fqdn: '',
  ip_address: '',
  source_ip: '',
  agent_version: null,
  os_details: 'null',
  csr_pem: '',
  key_fingerprint: '',
  warning: null,
}

async function whyNot(db: Db, id: string) {
  const row = await db
    .selectFrom('enrollment')
    .select('status')
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) return new Failure('not_found', 'There is no such enrollment request.')
  if (row.status === 'pending') return new Failure('conflict', 'This request has expired.')
  return new Failure('conflict', `This request was already ${row.status}.`)
}
