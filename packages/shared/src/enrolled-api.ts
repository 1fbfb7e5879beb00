import { z } from 'zod'
import type { Contract } from './contract.ts'

/** Whom a host may believe, as its manager has it now. */
export const Trust = z
  .object({
    /** Certificates in PEM. What the host is told, and whoever calls it, is vouched for by one of them. */
    roots: z.array(z.string()).min(1),
    /** In PEM, at most one of each root: which certificates count no longer. */
    revocation_lists: z.array(z.string()),
    manager: z.object({ identity: z.string(), addresses: z.array(z.string()).min(1) }),
    /** Whether somebody wants this host to renew its certificate before it is due. */
    renew: z.boolean(),
  })
  .meta({ id: 'Trust' })
export type Trust = z.infer<typeof Trust>

const RenewedCertificate = z
  .object({ server_crt: z.string(), roots: z.array(z.string()).min(1) })
  .meta({ id: 'RenewedCertificate' })

/**
 * What an enrolled host can ask its manager, on a port of its own. Who asks is read from the certificate of the
 * connection; a certificate that counts no longer does not get as far as a request.
 */
export const enrolledApi = {
  getTrust: {
    route: 'GET /agent/trust',
    summary: 'The roots, the revocation lists and the manager that this host may believe',
    access: 'host',
    input: z.strictObject({}),
    output: Trust,
  },

  /**
   * Asked again with the same key it answers the same certificate, so that an answer may be lost. The certificate of
   * the connection holds until the new one is first used.
   */
  renewCertificate: {
    route: 'POST /agent/certificate',
    summary: 'Another certificate for the same names and a new key',
    access: 'host',
    input: z.strictObject({ csr_pem: z.string().max(10_000) }),
    output: RenewedCertificate,
    failures: ['conflict', 'rate_limited'],
  },
} as const satisfies Contract
export type EnrolledApi = typeof enrolledApi
