import type { X509Certificate } from 'node:crypto'

export const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * When a certificate is to be renewed: up to a twentieth of its life before two thirds of it, each at a moment of its
 * own, so that hosts that enrolled together do not come back together.
 */
export function dueAt({ validFromDate: from, validToDate: to, fingerprint256 }: X509Certificate) {
  const life = to.getTime() - from.getTime()
  const share = Number.parseInt(fingerprint256.replaceAll(':', '').slice(0, 8), 16) / 0xffffffff
  return new Date(from.getTime() + (life * 2) / 3 - (life / 20) * share)
}

/** How long until the manager is asked again: about an hour, and sooner after the first failures. */
export function pause(failures: number, random = Math.random): number {
  const usual = failures === 0 ? HOUR : Math.min(HOUR, MINUTE * 2 ** (failures - 1))
  return usual * (0.75 + random() / 2)
}

/** The same, but at the moment at which a certificate will be due, if that comes first. */
export function nextIn(failures: number, leftUntilDue: number): number {
  const usual = pause(failures)
  return failures === 0 && leftUntilDue > 0 ? Math.min(usual, leftUntilDue) : usual
}
