import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { Host } from '@linux-patch/shared/host'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { PendingEnrollment } from '../../db/enrollment/enrollments.ts'
import type { Stores } from '../../db/open.ts'
import { entryFor } from '../audit/audit.ts'
import { personOf, type ManagerCall } from '../caller.ts'
import type { EnrollmentDeps } from './enrollment.ts'
import { takingIn } from './taking-in.ts'

type Approving = Input<ManagerApi['approveEnrollment']>

/**
 * A person takes a host in: one transaction settles who it is among the hosts we know, signs its key, and decides
 * the request. Of two who approve at once, one is told that it was decided already.
 */
export function approval(deps: EnrollmentDeps) {
  const { database, lists, revocation, live, view, onApproved, now } = deps
  const takeIn = takingIn(deps)

  return async function approve(input: Approving, call: ManagerCall): Promise<Host> {
    const { user } = personOf(call)
    const at = now()
    const { dns_names, ip_addresses } = input
    const crl_pem = (await lists.pems()).join('')
    const host = await database.transaction(async (stores) => {
      const row = await openRequest(stores, input, at)
      const hostId = await takeIn(stores, row, { ...input, crl_pem, by: user.id, at })
      const { id: enrollment_id, key_fingerprint, join_code_id } = row
      const details = { enrollment_id, key_fingerprint, join_code_id, dns_names, ip_addresses }
      const what = { action: 'enrollment_approve', target_type: 'host', target_id: hostId, details }
      await stores.audit.append(entryFor(call, at, what))
      return stores.hosts.get(hostId, 'all')
    })
    live.changed('enrollments')
    live.changed('hosts')
    onApproved()
    // Of a host that was replaced, or whose key was made anew, something was revoked.
    if (input.on_conflict === 'replace' || input.make_key) await revocation.published()
    return view.toHost(host)
  }
}

/** The request, if it can still be decided and is for the key that the approver compared. */
async function openRequest(
  stores: Stores,
  { id, key_fingerprint, make_key }: Approving,
  at: Date,
): Promise<PendingEnrollment> {
  const row = await stores.enrollments.get(id)
  const { status, os_details, expires_at, csr_pem } = row
  const isOpen = status === 'pending' || (status === 'approved' && csr_pem === '')
  if (os_details === null || !isOpen || expires_at <= at.toISOString())
    throw new Failure(
      'conflict',
      `This request was ${status === 'pending' ? 'left to expire' : status}.`,
    )
  if (csr_pem === '') {
    confirmMaking({ key_fingerprint, make_key })
    return { ...row, os_details }
  }
  if (key_fingerprint === undefined || make_key)
    throw new Failure(
      'invalid_request',
      'This request is for a key of the host: say its key_fingerprint, as you compared it, and not make_key.',
      { details: { fields: [{ field: 'key_fingerprint', message: 'is required' }] } },
    )
  if (row.key_fingerprint === key_fingerprint) return { ...row, os_details }
  throw new Failure(
    'conflict',
    'This request is for another key than the one that you compared. Do not approve it before you know why.',
  )
}

/** Nobody can compare a key that is not there yet: whoever approves says that they know. */
function confirmMaking({
  key_fingerprint,
  make_key,
}: Pick<Approving, 'key_fingerprint' | 'make_key'>) {
  if (make_key && key_fingerprint === undefined) return
  throw new Failure(
    'invalid_request',
    'This request brought no key to compare: confirm with make_key that whoever holds its token gets the one made now.',
    { details: { fields: [{ field: 'make_key', message: 'is required' }] } },
  )
}
