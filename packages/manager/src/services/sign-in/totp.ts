import { generateSecret, generateURI, verify } from 'otplib'

/** What is shown beside the codes on a phone. */
const ISSUER = 'Linux Patch Manager'
const STEP_SECONDS = 30

/** How codes are made (RFC 6238): SHA-1 and six digits, which is what every phone knows. */
type Kind = { digits?: 6 | 8 }

/** 160 random bits, in base32. */
export const newTotpSecret = (): string => generateSecret({ length: 20 })

/** What a phone reads from the picture. */
export const totpAddress = (username: string, secret: string): string =>
  generateURI({ issuer: ISSUER, label: username, secret, period: STEP_SECONDS })

/**
 * The time step that a code is of: that of now, or the one before or after it, for clocks that differ. Undefined
 * where it is of none of them. Whether one of that step was taken before, the database knows.
 */
export async function stepOf(
  secret: string,
  code: string,
  now: Date,
  { digits = 6 }: Kind = {},
): Promise<number | undefined> {
  if (!/^\d+$/.test(code) || code.length !== digits) return undefined
  const epoch = Math.floor(now.getTime() / 1000)
  const found = await verify({
    secret,
    token: code,
    digits,
    epoch,
    period: STEP_SECONDS,
    epochTolerance: STEP_SECONDS,
  })
  return found.valid && 'timeStep' in found ? found.timeStep : undefined
}
