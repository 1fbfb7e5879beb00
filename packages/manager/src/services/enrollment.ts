import { randomInt } from 'node:crypto'
import type { Input } from '@linux-patch/shared/contract'
import type { Enrollment, EnrollmentStatus, PkiBundle } from '@linux-patch/shared/enrollment'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Database, Stores } from '../db/open.ts'
import type { PendingEnrollment } from '../db/enrollments.ts'
import type { HostRecord } from '../db/hosts.ts'
import type { Authority } from '../pki/authority.ts'
import { readRequest } from '../pki/request.ts'
import { approval } from './approval.ts'
import { entryFor } from './audit.ts'
import { personOf, type ManagerCall } from './caller.ts'
import type { HostView } from './host-view.ts'
import type { RevocationLists } from './revocation-lists.ts'
import { hashOf } from './secret-hash.ts'
import type { Live } from './live.ts'

export type EnrollmentDeps = {
  database: Database
  authority: Authority
  lists: Pick<RevocationLists, 'pems'>
  /** What an approved host is told of the manager that will call it at this address. */
  introduce: (hostAddress: string) => Promise<PkiBundle['manager']>
  limits: { pending_max: number; lifetime_hours: number }
  live: Live
  view: HostView
  /** Hears of every approved host, so that it is read at once. */
  onApproved: () => void
  now: () => Date
}

const HOUR = 3_600_000

export function enrollmentService(deps: EnrollmentDeps) {
  const { database, limits, live, now } = deps
  const { enrollments, certificates } = database.stores

  async function enroll(input: Input<ManagerApi['enroll']>, call: ManagerCall) {
    const { key_fingerprint } = await readRequest(input.csr_pem)
    const at = now()
    const polling_token = newPollingToken()
    const expires_at = new Date(at.getTime() + limits.lifetime_hours * HOUR).toISOString()
    await database.transaction(async (stores) => {
      if ((await stores.enrollments.countPending(at.toISOString())) >= limits.pending_max)
        throw tooManyWait()
      const added = await stores.enrollments.add({
        ...input,
        source_ip: call.peer,
        key_fingerprint,
        token_hash: hashOf(polling_token),
        created_at: at.toISOString(),
        expires_at,
      })
      const details = { fqdn: input.fqdn, key_fingerprint }
      await record(stores, call, 'enrollment_request', added.id, details)
    })
    live.changed('enrollments')
    return { polling_token, key_fingerprint, expires_at }
  }

  async function status({
    token,
  }: Input<ManagerApi['getEnrollmentStatus']>): Promise<EnrollmentStatus> {
    const row = await enrollments.findByTokenHash(hashOf(token))
    if (row?.status === 'denied')
      throw new Failure(
        'enrollment_denied',
        row.reason || 'An administrator turned this host away.',
      )
    const until = row?.status === 'approved' ? row.bundle_expires_at : row?.expires_at
    if (!row || !until || until <= now().toISOString())
      throw new Failure(
        'enrollment_expired',
        'This request is unknown or has expired: enrol again.',
      )
    if (row.bundle === null) return { status: 'pending' }
    const bundle = JSON.parse(row.bundle) as PkiBundle
    if (await certificates.markFetched(bundle.server_crt, now().toISOString()))
      live.changed('hosts')
    return bundle
  }

  async function list(paging: Input<ManagerApi['listEnrollments']>) {
    const { rows, total } = await enrollments.list(paging, now().toISOString())
    const shown = await Promise.all(rows.map(async (row) => toEnrollment(row, await known(row))))
    return { enrollments: shown, total, ...paging }
  }

  async function known(row: PendingEnrollment): Promise<HostRecord | undefined> {
    const [host] = await database.stores.hosts.findAlike(row)
    return host
  }

  async function deny({ id, reason }: Input<ManagerApi['denyEnrollment']>, call: ManagerCall) {
    const { user } = personOf(call)
    await database.transaction(async (stores) => {
      const row = await stores.enrollments.get(id)
      const at = now().toISOString()
      await stores.enrollments.decide(id, {
        to: 'denied',
        by: user.id,
        at,
        reason,
        bundle: null,
        bundle_expires_at: null,
      })
      const details = { fqdn: row.fqdn, key_fingerprint: row.key_fingerprint, reason }
      await record(stores, call, 'enrollment_deny', id, details)
    })
    live.changed('enrollments')
  }

  const record = (
    stores: Stores,
    call: ManagerCall,
    action: string,
    id: string,
    details: Record<string, unknown>,
  ) =>
    stores.audit.append(
      entryFor(call, now(), { action, target_type: 'enrollment', target_id: id, details }),
    )

  return { enroll, status, list, deny, approve: approval(deps) }
}

const tooManyWait = () =>
  new Failure('unavailable', 'Too many hosts wait for approval; try again later.', {
    details: { retry_after_seconds: 600 },
  })

/** 64 letters and digits: 380 random bits, of which only the hash is kept. */
function newPollingToken(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  return Array.from({ length: 64 }, () => letters[randomInt(letters.length)]).join('')
}

function toEnrollment(row: PendingEnrollment, known: HostRecord | undefined): Enrollment {
  const same = (['machine_id', 'fqdn', 'ip_address'] as const).filter(
    // A name is the same however it is spelt.
    (field) => known?.[field].toLowerCase() === row[field].toLowerCase(),
  )
  return {
    ...row,
    known_host: known ? { id: known.id, name: known.name, same } : null,
  }
}
