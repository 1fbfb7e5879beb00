import { z } from 'zod'

/**
 * How far the life of a host's certificate is. Its agent renews it before two thirds of it: `renewal_due` means that
 * it did not, `expiring` that less than a sixth is left.
 */
export const CertificateState = z
  .enum(['ok', 'renewal_due', 'expiring', 'expired'])
  .meta({ id: 'CertificateState' })
export type CertificateState = z.infer<typeof CertificateState>

/** How a host's list of revoked certificates is, as its agent finds it. */
export const CrlState = z.enum(['valid', 'expired', 'missing', 'invalid']).meta({ id: 'CrlState' })
export type CrlState = z.infer<typeof CrlState>

export function stateOfCertificate(life: { from: Date; to: Date }, now: Date): CertificateState {
  const left = life.to.getTime() - now.getTime()
  const whole = life.to.getTime() - life.from.getTime()
  if (left <= 0) return 'expired'
  if (left < whole / 6) return 'expiring'
  return left < whole / 3 ? 'renewal_due' : 'ok'
}
