import type { Call, Handlers, Input } from '@linux-patch/shared/contract'
import type { EnrolledApi } from '@linux-patch/shared/enrolled-api'
import { Failure } from '@linux-patch/shared/failure'
import type { Database, Stores } from '../../db/open.ts'
import { namesIn } from '../../pki/names.ts'
import { readRequest } from '../../pki/request.ts'
import { entryByHost } from '../audit/audit.ts'
import type { HostCaller } from './host-callers.ts'
import type { RevocationLists } from '../certificates/revocation-lists.ts'
import type { Roots } from '../certificates/roots.ts'

type Deps = {
  database: Database
  authority: Roots
  lists: Pick<RevocationLists, 'pems'>
  introduce: (hostAddress: string) => Promise<{ identity: string; addresses: string[] }>
  now: () => Date
}
type HostCall = Call<HostCaller>

const HOUR = 3_600_000
const MOST_AN_HOUR = 10

/** What an enrolled host is told, and how it gets its next certificate. */
export const enrolledService = (deps: Deps): Handlers<EnrolledApi, HostCaller> => ({
  async getTrust(_input, { caller, peer }) {
    return {
      roots: deps.authority.roots(),
      revocation_lists: await deps.lists.pems(),
      manager: await deps.introduce(peer),
      renew: caller.renewal_wanted_at !== null || deps.authority.isOlder(caller.root),
    }
  },

  async renewCertificate(input, call) {
    return { server_crt: await renew(deps, input, call), roots: deps.authority.roots() }
  },
})

async function renew(
  { database, authority, now }: Deps,
  { csr_pem }: Input<EnrolledApi['renewCertificate']>,
  call: HostCall,
): Promise<string> {
  const { caller } = call
  const { publicKey, key_fingerprint } = await readRequest(csr_pem)
  const at = now()
  return database.transaction(async (stores) => {
    await refuseEnded(stores, caller)
    const earlier = await stores.hostCertificates.successorOf(caller.id)
    if (earlier?.spki_hash === key_fingerprint) return earlier.cert_pem
    await refuseUsed(stores, key_fingerprint)
    await refuseOften(stores, caller, at)
    // Of several answers that were lost, only the last one may still be used.
    await stores.hostCertificates.dropSuccessors(caller.id, at.toISOString())

    const names = { id: caller.host_id, ...namesIn(caller.cert_pem) }
    const issued = await authority.issue('agent', names, publicKey)
    await stores.certificates.add({
      ...issued,
      host_id: caller.host_id,
      kind: 'agent',
      created_at: at.toISOString(),
      issued_by: null,
      replaces_id: caller.id,
    })
    await stores.certificates.markFetched(issued.cert_pem, at.toISOString())
    const { serial, not_after } = issued
    const details = { serial, not_after, key_fingerprint, replaced_serial: caller.serial }
    const what = { action: 'certificate_renew', target_type: 'host', target_id: caller.host_id }
    await stores.audit.append(entryByHost(call, at, { ...what, details }))
    return issued.cert_pem
  })
}

/** Since the caller was let in somebody may have revoked its certificate, or retired the host. */
async function refuseEnded({ hostCertificates }: Stores, { id, host_id }: HostCaller) {
  if ((await hostCertificates.hold(host_id)) && (await hostCertificates.holdActive(id))) return
  throw new Failure('unauthorized', 'This certificate is no longer valid.')
}

async function refuseUsed({ hostCertificates }: Stores, key_fingerprint: string) {
  if (await hostCertificates.knowsKey(key_fingerprint))
    throw new Failure(
      'conflict',
      'This key was in a certificate before: a renewal needs a new one.',
    )
}

async function refuseOften({ hostCertificates }: Stores, { host_id }: HostCaller, at: Date) {
  const since = new Date(at.getTime() - HOUR).toISOString()
  if ((await hostCertificates.countSince(host_id, since)) < MOST_AN_HOUR) return
  throw new Failure('rate_limited', `A host gets ${MOST_AN_HOUR} certificates an hour at most.`, {
    details: { retry_after_seconds: HOUR / 1000 },
  })
}
