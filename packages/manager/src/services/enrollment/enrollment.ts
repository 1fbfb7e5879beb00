import { X509Certificate } from 'node:crypto'
import type { Input } from '@linux-patch/shared/contract'
import type { Enrollment, EnrollmentStatus, PkiBundle } from '@linux-patch/shared/enrollment'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Database } from '../../db/open.ts'
import type { EnrollmentRecord, WaitingEnrollment } from '../../db/enrollment/enrollments.ts'
import type { HostRecord } from '../../db/hosts/hosts.ts'
import type { Authority } from '../../pki/authority.ts'
import type { Keys } from '../../pki/keys.ts'
import { approval } from './approval.ts'
import { recording } from '../audit/audit.ts'
import { personOf, type ManagerCall } from '../caller.ts'
import { enrollmentRequest } from './request.ts'
import { holdKeys, sealedKeyName } from '../certificates/held-keys.ts'
import type { HostView } from '../hosts/host-view.ts'
import type { RevocationLists } from '../certificates/revocation-lists.ts'
import { hashOf } from '../secret-hash.ts'
import type { Live } from '../live.ts'
import type { OwnNames } from '../certificates/own-names.ts'
import type { Revocation } from '../certificates/revocation.ts'
import { cloneOf } from './taking-in.ts'

export type EnrollmentDeps = {
  database: Database
  authority: Authority
  lists: Pick<RevocationLists, 'pems'>
  /** Seals the keys that are made here until they are fetched. */
  keys: Keys
  /** What an approved host is told of the manager that will call it at this address. */
  introduce: (hostAddress: string) => Promise<PkiBundle['manager']>
  /** What this manager is called and reached by: no host is taken in under these without a person. */
  own_names: OwnNames
  revocation: Pick<Revocation, 'revoke' | 'published'>
  limits: { pending_max: number; pending_max_per_address: number; lifetime_hours: number }
  live: Live
  view: HostView
  /** Hears of every approved host, so that it is read at once. */
  onApproved: () => void
  now: () => Date
}

export function enrollmentService(deps: EnrollmentDeps) {
  const { database, keys, live, now } = deps
  const { enrollments, certificates, hosts } = database.stores

  async function status(
    { token }: Input<ManagerApi['getEnrollmentStatus']>,
    call: ManagerCall,
  ): Promise<EnrollmentStatus> {
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
    await refuseRevoked(row.bundle)
    const bundle = await withKey(row, JSON.parse(row.bundle) as PkiBundle, call)
    if (await certificates.markFetched(bundle.server_crt, now().toISOString())) {
      // Read when it was approved, it could not listen yet. It is about to, and due in the next turn.
      await hosts.update(bundle.host_id, { attempted_at: null })
      live.changed('hosts')
    }
    return bundle
  }

  /** With a certificate that counts no longer a host would take itself for enrolled. */
  async function refuseRevoked(bundle: string) {
    const { server_crt } = JSON.parse(bundle) as PkiBundle
    const serial = new X509Certificate(server_crt).serialNumber.toLowerCase()
    if ((await certificates.revokedAmong([serial])).length === 0) return
    throw new Failure(
      'enrollment_expired',
      'The certificate of this host was revoked before it came for it: enrol again.',
    )
  }

  /** A key that was made here is handed out once. */
  async function withKey(row: EnrollmentRecord, bundle: PkiBundle, call: ManagerCall) {
    if (row.csr_pem !== '') return bundle
    const server_key = await database.transaction(async (stores) => {
      await holdKeys(stores, keys)
      const sealed = await stores.enrollments.takeKey(row.id, now().toISOString())
      if (sealed === undefined) return undefined
      const details = { fqdn: row.fqdn }
      await record(stores, call, { action: 'enrollment_key_fetch', id: row.id, details })
      return keys.open(sealedKeyName(row.id), sealed)
    })
    if (server_key !== undefined) return { ...bundle, server_key }
    throw new Failure(
      'enrollment_expired',
      'The key of this host was fetched already: ask an administrator to approve it again, or enrol again.',
    )
  }

  async function list({ status, ...paging }: Input<ManagerApi['listEnrollments']>) {
    const { rows, total } = await enrollments.list({ ...paging, status }, now().toISOString())
    const known = await database.stores.hosts.findAlikeAny(rows)
    const shown = rows.map((row) => {
      const host = known.find((one) => sameOf(one, row).length > 0)
      return toEnrollment(row, host)
    })
    return { enrollments: shown, total, ...paging }
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
        sealed_key: null,
      })
      const details = { fqdn: row.fqdn, key_fingerprint: row.key_fingerprint, reason }
      await record(stores, call, { action: 'enrollment_deny', id, details })
    })
    live.changed('enrollments')
  }

  const record = recording('enrollment', now)

  return { enroll: enrollmentRequest(deps), status, list, deny, approve: approval(deps) }
}

/** In what a managed host is like one that asks. */
const sameOf = (known: HostRecord, row: WaitingEnrollment) =>
  (['machine_id', 'fqdn', 'ip_address'] as const).filter(
    // A name is the same however it is spelt.
    (field) => known[field].toLowerCase() === row[field].toLowerCase(),
  )

function toEnrollment(row: WaitingEnrollment, known: HostRecord | undefined): Enrollment {
  const { join_code_id: id, join_code_name: name } = row
  const same = known ? sameOf(known, row) : []
  return {
    ...row,
    // What was denied is in no list.
    status: row.status === 'approved' ? 'approved' : 'pending',
    key_fingerprint: row.key_fingerprint || null,
    join_code: id === null || name === null ? null : { id, name },
    warnings: [row.warning, known && same.join() === 'machine_id' ? cloneOf(known) : null].filter(
      (warning) => warning !== null,
    ),
    known_host: known ? { id: known.id, name: known.name, same } : null,
  }
}
