import { X509Certificate } from 'node:crypto'
import type { z } from 'zod'
import type { Enrollment, EnrollmentRequest, PkiBundle } from '@linux-patch/shared/enrollment'
import { debian } from '../../db/samples.test.kit.ts'
import { manager } from '../../start/manager.test.kit.ts'
import { newRequest } from './csr.test.kit.ts'

export type Asking = z.input<typeof EnrollmentRequest>

/** What host number one, two, … sends, with a new key. */
export const asking = async (number: number, more: Partial<Asking> = {}): Promise<Asking> => ({
  machine_id: String(number).padStart(32, '0'),
  fqdn: `web-${number}.example`,
  ip_address: `192.0.2.${number}`,
  os_details: debian,
  csr_pem: await newRequest(),
  ...more,
})

/** For tests only: a manager, its administrator, and hosts that ask for a place. */
export async function gate(settings: Record<string, unknown> = {}) {
  const world = await manager({ settings })
  const token = await world.signIn()
  const [nobody, admin] = [world.as(), world.as(token)]
  const idOf = async (machine_id: string) => {
    const { enrollments } = await admin.listEnrollments()
    return enrollments.find((one) => one.machine_id === machine_id)?.id ?? ''
  }

  return {
    ...world,
    nobody,
    admin,
    token,
    idOf,
    /** Asks, and answers the token and the id of the request, and what approves it as it was made. */
    async enroll(number: number, more: Partial<Asking> = {}) {
      const asked = await asking(number, more)
      const { polling_token, key_fingerprint } = await nobody.enroll(asked)
      const id = await idOf(asked.machine_id)
      const shown = { id, key_fingerprint, fqdn: asked.fqdn, ip_address: asked.ip_address }
      const confirmed = confirming(shown)
      return { token: polling_token, id, key_fingerprint: key_fingerprint ?? '', confirmed }
    },
    status: (token: string) => nobody.getEnrollmentStatus({ token }),
    audit: () => world.stores.audit.list({ limit: 100, offset: 0 }),
  }
}
/** What an approver sends who compared the key, and leaves the names as the queue shows them. */
export const confirming = (
  shown: Pick<Enrollment, 'id' | 'key_fingerprint' | 'fqdn' | 'ip_address'>,
) => ({
  id: shown.id,
  ...(shown.key_fingerprint === null
    ? { make_key: true as const }
    : { key_fingerprint: shown.key_fingerprint }),
  dns_names: [shown.fqdn],
  ip_addresses: [shown.ip_address],
})

export type Gate = Awaited<ReturnType<typeof gate>>

/** What the certificate in a bundle says. */
export const certificateIn = (bundle: unknown) =>
  new X509Certificate((bundle as PkiBundle).server_crt)
