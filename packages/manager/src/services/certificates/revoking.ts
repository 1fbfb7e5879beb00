import type { Certificate, RevocationReason } from '@linux-patch/shared/certificate'
import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { ListedCertificate } from '../../db/certificates/list.ts'
import type { Database, Stores } from '../../db/open.ts'
import { entryFor } from '../audit/audit.ts'
import { personOf, scopeOf, type ManagerCall } from '../caller.ts'
import { forEach, matching } from './certificate-bulk.ts'
import { toCertificate } from './certificate-view.ts'
import type { Live } from '../live.ts'
import type { Revocation } from './revocation.ts'

type Deps = { database: Database; revocation: Revocation; live: Live; now: () => Date }

type How = {
  reason: RevocationReason
  /** Also one that the manager uses now. */
  in_use?: boolean
  call: ManagerCall
}

export type RevokingService = ReturnType<typeof revokingService>

/** How a person ends certificates before their time. */
export function revokingService({ database, revocation, live, now }: Deps) {
  /** In the caller's transaction. False where it was revoked before: then it stays as it was. */
  async function revokeIn(
    stores: Stores,
    certificate: ListedCertificate,
    { reason, in_use = false, call }: How,
  ): Promise<boolean> {
    if (!in_use) refuseInUse(certificate)
    const { id, kind, host_id, name, serial } = certificate
    const by = personOf(call).user.id
    const revoked = await revocation.revoke(stores, [id], { reason, by, at: now().toISOString() })
    if (revoked.length === 0) return false
    const details = { kind, host_id, name, serial, reason }
    const what = { action: 'certificate_revoke', target_type: 'certificate', target_id: id }
    await stores.audit.append(entryFor(call, now(), { ...what, details }))
    return true
  }

  const revokeOne = (id: string, how: How) =>
    database.transaction(async (stores) =>
      revokeIn(
        stores,
        await stores.certificateList.get(id, scopeOf(how.call), now().toISOString()),
        how,
      ),
    )

  /** Makes it count, once the transaction is over. */
  async function publish() {
    await revocation.published()
    live.changed('certificates')
    live.changed('hosts')
  }

  return {
    revokeIn,
    publish,

    async revoke(
      { id, reason, in_use }: Input<ManagerApi['revokeCertificate']>,
      call: ManagerCall,
    ): Promise<Certificate> {
      if (await revokeOne(id, { reason, in_use, call })) await publish()
      const { certificateList } = database.stores
      return toCertificate(await certificateList.get(id, scopeOf(call), now().toISOString()))
    },

    /** One by one, so that one that cannot be revoked leaves the others as they would be. */
    async revokeAll(
      { reason, ...criteria }: Input<ManagerApi['revokeCertificates']>,
      call: ManagerCall,
    ) {
      const asked = { criteria, scope: scopeOf(call), now: now() }
      const meant = await matching(database.stores, asked)
      const { done, ...outcome } = await forEach(meant, async ({ id, state }) =>
        state === 'expired' ? false : revokeOne(id, { reason, call }),
      )
      if (done > 0) await publish()
      return { ...outcome, total_revoked: done }
    },
  }
}

/** Not by accident: until the manager has another one, seconds later, it reaches no host. */
function refuseInUse({ kind, state, subject }: ListedCertificate) {
  if (kind === 'agent' || kind === 'operator' || state !== 'active') return
  throw new Failure(
    'conflict',
    `${subject} is a certificate that this manager uses now. If that is what you want to end, say so with in_use=true: it makes another key and another certificate for itself within seconds.`,
    { details: { reason: 'in_use' } },
  )
}
