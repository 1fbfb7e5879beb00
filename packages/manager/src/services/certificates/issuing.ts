import type { IssuedCertificate } from '@linux-patch/shared/certificate'
import { Failure } from '@linux-patch/shared/failure'
import { newId } from '../../db/id.ts'
import type { HostRecord } from '../../db/hosts/hosts.ts'
import type { Database, Stores } from '../../db/open.ts'
import type { Authority } from '../../pki/authority.ts'
import { fingerprintOf } from '../../pki/fingerprint.ts'
import type { PublicKey } from '../../pki/key-pair.ts'
import { entryFor } from '../audit/audit.ts'
import { personOf, scopeOf, type ManagerCall } from '../caller.ts'
import { toCertificate } from './certificate-view.ts'
import { hashOf } from '../secret-hash.ts'

export type HostNames = { dns_names: string[]; ip_addresses: string[] }
/** Whose certificate it will be, and what it will say beside who that is. */
export type Owner =
  | { kind: 'agent'; host: Pick<HostRecord, 'id' | 'name'>; names: HostNames }
  | { kind: 'operator'; name: string }

/** What is asked for, and by whom: `input` tells a request that is sent again from another one with its key. */
export type Issue = {
  action: string
  call: ManagerCall
  input: unknown
  publicKey: PublicKey
  /** Whether the answer has the key as well. */
  withKey: boolean
  replaces_id?: string
}
export type Signed = Pick<IssuedCertificate, 'certificate' | 'cert_pem'>

type Deps = { database: Database; authority: Authority; now: () => Date }
export type Issuing = ReturnType<typeof issuing>

/** Signs and records. A request that is sent again with its Idempotency-Key gets what it made before. */
export const issuing =
  ({ database, authority, now }: Deps) =>
  (issue: Issue, ownerIn: (stores: Stores) => Promise<Owner>): Promise<Signed> =>
    database.transaction(async (stores) => {
      const id = newId()
      const made = await earlier(stores, issue, id)
      if (made !== id) return view(stores, made, issue.call, now())
      await refuseKnown(stores, issue.publicKey)
      const owner = await ownerIn(stores)
      const signed = await sign(authority, owner, issue.publicKey)
      const { user } = personOf(issue.call)
      await stores.certificates.add({
        ...signed,
        id,
        kind: owner.kind,
        host_id: owner.kind === 'agent' ? owner.host.id : null,
        name: owner.kind === 'operator' ? owner.name : null,
        created_at: now().toISOString(),
        issued_by: user.id,
        ...(issue.replaces_id && { replaces_id: issue.replaces_id }),
      })
      // Whoever asked has it with the answer.
      await stores.certificates.markFetched(signed.cert_pem, now().toISOString())
      const { serial, spki_hash } = signed
      const whose = owner.kind === 'agent' ? { host_id: owner.host.id, ...owner.names } : owner
      const details = { ...whose, serial, key_fingerprint: spki_hash, with_key: issue.withKey }
      const what = { action: issue.action, target_type: 'certificate', target_id: id, details }
      await stores.audit.append(entryFor(issue.call, now(), what))
      return view(stores, id, issue.call, now())
    })

/** A key that was revoked must not come back, and every certificate is told apart by its own. */
async function refuseKnown({ hostCertificates }: Stores, publicKey: PublicKey) {
  if (await hostCertificates.knowsKey(fingerprintOf(publicKey.rawData)))
    throw new Failure('conflict', 'This key is, or was, in a certificate already: make a new one.')
}

const sign = (authority: Authority, owner: Owner, publicKey: PublicKey) =>
  owner.kind === 'agent'
    ? authority.issue('agent', { id: owner.host.id, ...owner.names }, publicKey)
    : authority.issue('operator', { name: owner.name }, publicKey)

async function view(
  { certificateList }: Stores,
  id: string,
  call: ManagerCall,
  now: Date,
): Promise<Signed> {
  const record = await certificateList.get(id, scopeOf(call), now.toISOString())
  return { certificate: toCertificate(record), cert_pem: record.cert_pem }
}

/** The id of the certificate that the same request made before, or `id` where it is the first of its kind. */
async function earlier({ certificateRequests }: Stores, issue: Issue, id: string): Promise<string> {
  const { user } = personOf(issue.call)
  const key = issue.call.idempotency_key
  if (key === null) return id
  const asked = { requested_by: user.id, idempotency_key: key }
  const request_hash = hashOf(JSON.stringify([issue.action, issue.input]))
  if (await certificateRequests.add({ ...asked, request_hash, certificate_id: id })) return id
  const known = await certificateRequests.find(asked)
  if (!known) throw new Error('A request could not be stored, and none has its key.')
  const details = { certificate_id: known.certificate_id }
  if (known.request_hash !== request_hash)
    throw new Failure(
      'idempotency_conflict',
      'This Idempotency-Key was used before, for another request.',
      { details },
    )
  if (!issue.withKey) return known.certificate_id
  throw new Failure(
    'conflict',
    'This was answered before, with a key that is told once and kept nowhere. If the answer was lost, revoke its certificate and ask again with another Idempotency-Key.',
    { details },
  )
}
