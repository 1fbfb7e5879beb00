import type { X509Certificate } from 'node:crypto'
import type { Database } from '../../db/open.ts'
import type { HostCertificate } from '../../db/certificates/host-certificates.ts'
import { fingerprintOf } from '../../pki/fingerprint.ts'
import { entryBySystem } from '../audit/audit.ts'

/** The host at the other end of a connection, by the certificate that it showed there. */
export type HostCaller = HostCertificate

type Deps = { database: Database; now: () => Date }

/**
 * Says which host bears a certificate, or undefined where it counts no longer. That of a retired host counts for so
 * much that the host can be told.
 */
export const hostCallers =
  ({ database, now }: Deps) =>
  async (certificate: X509Certificate): Promise<HostCaller | undefined> => {
    const known = await database.stores.hostCertificates.find(certificate.serialNumber)
    if (!known || known.fingerprint !== fingerprintOf(certificate.raw)) return undefined
    if (known.not_after <= now().toISOString()) return undefined
    if (known.retired_at !== null) return known
    if (known.status !== 'active') return undefined
    if (known.replaces_id !== null)
      await takeOver(database, known, { replaced: known.replaces_id, at: now().toISOString() })
    return known
  }

type Taking = { replaced: string; at: string }

/** The first use of a renewed certificate ends the one before it. */
async function takeOver(database: Database, used: HostCertificate, { replaced, at }: Taking) {
  const { status } = await database.stores.certificates.get(replaced)
  if (status !== 'active') return
  await database.transaction(async ({ hostCertificates, hosts, audit }) => {
    await hostCertificates.hold(used.host_id)
    if (!(await hostCertificates.supersede(replaced, at))) return
    await hostCertificates.dropSuccessors(replaced, at, used.id)
    await hosts.update(used.host_id, { key_fingerprint: used.spki_hash })
    const details = { host_id: used.host_id, used: used.id }
    const what = { action: 'certificate_supersede', target_type: 'certificate', details }
    await audit.append(entryBySystem(new Date(at), { ...what, target_id: replaced }))
  })
}
