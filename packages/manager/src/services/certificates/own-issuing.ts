import { X509Certificate } from 'node:crypto'
import type { Own } from '../../db/certificates/certificates.ts'
import type { Database } from '../../db/open.ts'
import type { Issued } from '../../pki/authority.ts'
import { publicKeyOf, type PublicKey } from '../../pki/key-pair.ts'
import { managerIdentity, type Names } from '../../pki/profiles.ts'
import { entryBySystem } from '../audit/audit.ts'
import type { ManagerKey } from './own-secrets.ts'
import type { Roots } from './roots.ts'

type Deps = {
  database: Database
  authority: Roots
  /** The key that stays over certificates and starts. */
  key: () => Promise<ManagerKey>
  now: () => Date
}

export type OwnIssuing = ReturnType<typeof ownIssuing>
type ManagerIdentity = { urn: string; certificate: string; private_key: string }

/** Issues the manager's own certificates, and records them like everybody's. */
export function ownIssuing({ database, authority, key, now }: Deps) {
  const { certificates } = database.stores

  async function record(own: Pick<Own, 'kind' | 'name'>, issued: Issued): Promise<Issued> {
    const at = now().toISOString()
    await database.transaction(async (stores) => {
      await stores.certificates.supersedeOwn({ ...own, sans: issued.sans }, at)
      const row = { ...issued, ...own, host_id: null, issued_by: null, created_at: at }
      const { id, serial } = await stores.certificates.add(row)
      const what = { action: 'certificate_issue', target_type: 'certificate', target_id: id }
      await stores.audit.append(entryBySystem(now(), { ...what, details: { ...own, serial } }))
    })
    return issued
  }

  return {
    /** Managers over one database are one to their hosts, and share the certificate. */
    async identity(): Promise<ManagerIdentity> {
      const { id, key_pem } = await key()
      const urn = managerIdentity(id)
      const own = { kind: 'manager', name: 'calls' } as const
      const known = await certificates.activeOwn({ ...own, sans: `URI:${urn}` })
      const isGood =
        known?.root === authority.fingerprint && isInFirstHalf(known, now()) && fits(known, key_pem)
      const { cert_pem } = isGood
        ? known
        : await record(own, await authority.issue('manager', { id }, publicKeyOf(key_pem)))
      return { urn, certificate: cert_pem, private_key: key_pem }
    },

    web: async (name: 'page' | 'hosts', names: Names['web'], publicKey: PublicKey) =>
      record({ kind: 'web', name }, await authority.issue('web', names, publicKey)),

    /** False for what was revoked, or signed by a root that signs no more. */
    async isInForce(pem: string): Promise<boolean> {
      const known = await certificates.findBySerial(new X509Certificate(pem).serialNumber)
      return known?.status !== 'revoked' && known?.root === authority.fingerprint
    },
  }
}

type Kept = { cert_pem: string; not_before: string; not_after: string }

/** Good enough to start with: it is looked at again only daily. */
const isInFirstHalf = ({ not_before: from, not_after: to }: Kept, now: Date) =>
  2 * now.getTime() < Date.parse(from) + Date.parse(to)

const fits = ({ cert_pem }: Kept, key_pem: string) =>
  Buffer.from(publicKeyOf(key_pem).rawData).equals(
    new X509Certificate(cert_pem).publicKey.export({ type: 'spki', format: 'der' }),
  )
