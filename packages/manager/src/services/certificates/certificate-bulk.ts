import type { BulkOutcome } from '@linux-patch/shared/certificate'
import { Failure } from '@linux-patch/shared/failure'
import type {
  CertificateFilter,
  CertificateList,
  ListedCertificate,
} from '../../db/certificates/list.ts'
import type { Stores } from '../../db/open.ts'
import { refusedIds, type Scope } from '../../db/scope.ts'

type Criteria = Omit<CertificateFilter, 'ends_by' | 'status' | 'scope'> & {
  expiring_within_days?: number | undefined
}
type Asked = { criteria: Criteria; scope: Scope; now: Date }
type Meant = { found: ListedCertificate[]; unknown: string[] }

const DAY = 24 * 3_600_000
const PART = 1000

/**
 * Every certificate of which all the criteria are true, and the ids among them that are nobody's. Whoever does not see
 * every host is refused where he names one that he does not see, or a certificate of one.
 */
export async function matching(
  { certificateList: list, hosts }: Pick<Stores, 'certificateList' | 'hosts'>,
  { criteria, scope, now }: Asked,
): Promise<Meant> {
  const { expiring_within_days: days, ...rest } = criteria
  if (scope !== 'all') refuse('host', await hosts.listUnseen(rest.host_ids ?? [], scope), scope)
  const ends_by = days === undefined ? undefined : new Date(now.getTime() + days * DAY)
  const found = await all(list, { ...rest, scope, ends_by: ends_by?.toISOString() }, now)
  const { ids } = criteria
  if (ids === undefined) return { found, unknown: [] }
  const known = new Set((await all(list, { scope, ids }, now)).map(({ id }) => id))
  const unknown = ids.filter((id) => !known.has(id))
  if (scope !== 'all') refuse('certificate', unknown, scope)
  return { found, unknown }
}

function refuse(what: string, ids: string[], scope: Scope) {
  if (ids.length > 0) throw refusedIds(scope, what, ids)
}

/** In parts that follow each other also where something is issued or ends meanwhile. */
async function all(list: CertificateList, filter: CertificateFilter, now: Date) {
  const found: ListedCertificate[] = []
  for (;;) {
    const page = { limit: PART, offset: found.length, sort: 'created_at', order: 'asc' } as const
    const { rows } = await list.list(filter, page, now.toISOString())
    found.push(...rows)
    if (rows.length < PART) return found
  }
}

/** Does to each what can be done; `act` answers whether there was anything to do. */
export async function forEach(
  { found, unknown }: Meant,
  act: (certificate: ListedCertificate) => Promise<boolean>,
): Promise<BulkOutcome & { done: number }> {
  const message = 'There is no such certificate.'
  const errors = unknown.map((id) => ({ certificate_id: id, code: 'not_found', message }))
  let done = 0
  for (const certificate of found)
    try {
      if (await act(certificate)) done++
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      errors.push({ certificate_id: certificate.id, code: error.code, message: error.message })
    }
  const total_matched = found.length + unknown.length
  const total_skipped = total_matched - errors.length - done
  return { total_matched, total_skipped, total_failed: errors.length, errors, done }
}
