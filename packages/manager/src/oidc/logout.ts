import { createLocalJWKSet, decodeJwt, jwtVerify, type JWK, type JWTPayload } from 'jose'
import { z } from 'zod'
import { Name } from './claims.ts'
import type { Known } from './known-provider.ts'
import { SsoProblem } from './problem.ts'

/** What a provider says has ended: all that somebody has by it, one session of his, or both at once. */
export type Logout = {
  issuer: string
  subject: string | null
  sid: string | null
  /** Tells this saying from every other one. */
  jti: string
}

/** A logout token that ends nothing. What is the matter with it is its cause, and for the log alone. */
export class LogoutRefused extends Error {
  override readonly name = 'LogoutRefused'

  constructor(cause: unknown) {
    const message = cause instanceof SsoProblem ? unavailable : 'The logout token is not valid.'
    super(message, { cause })
  }
}
const unavailable = 'The keys that the logout token has to be signed by cannot be had.'

const TOLERANCE_SECONDS = 30
const MAX_AGE_SECONDS = 5 * 60
/** After that no token is taken any more that is taken now, whenever it says that it was made. */
export const FORGOTTEN_SECONDS = MAX_AGE_SECONDS + 3 * TOLERANCE_SECONDS

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const Claims = z
  .object({
    iss: z.string(),
    jti: z.string().min(1).max(500),
    sub: Name.nullable().default(null),
    sid: Name.nullable().default(null),
    events: z.object({ [EVENT]: z.record(z.string(), z.unknown()) }),
    // What has one is an identity token.
    nonce: z.never().optional(),
  })
  .refine(({ sub, sid }) => sub !== null || sid !== null, 'names neither a subject nor a session')

type Reading = {
  issuer: string
  client_id: string
  /** Asked for the provider only where a token is for us. */
  known: () => Promise<Known>
  now: Date
}

/** Reads a logout token as section 2.6 of OpenID Connect Back-Channel Logout 1.0 says. Throws LogoutRefused. */
export async function readLogout(token: string, reading: Reading): Promise<Logout> {
  try {
    refuseOthers(decodeJwt(token), reading)
    const { iss, sub, sid, jti } = Claims.parse(await verified(token, reading))
    return { issuer: iss, subject: sub, sid, jti }
  } catch (cause) {
    throw new LogoutRefused(cause)
  }
}

/** Nothing of the token is believed yet: this only keeps what is not even for us from costing anything. */
function refuseOthers({ iss, aud, azp }: JWTPayload, { issuer, client_id }: Reading) {
  const audience = [aud].flat()
  if (iss?.replace(/\/$/, '') !== issuer.replace(/\/$/, ''))
    throw new Error('It is of another issuer.')
  if (!audience.includes(client_id) || (audience.length > 1 && azp !== client_id))
    throw new Error('It is for another client.')
}

async function verified(token: string, { client_id, known, now }: Reading): Promise<JWTPayload> {
  const { provider, keys } = await known()
  const { issuer, id_token_signing_alg_values_supported: algorithms = [] } =
    provider.serverMetadata()
  const ring = createLocalJWKSet({ keys: keys as JWK[] })
  const { payload, protectedHeader } = await jwtVerify(token, ring, {
    algorithms,
    issuer,
    audience: client_id,
    requiredClaims: ['iat', 'jti', 'events'],
    maxTokenAge: MAX_AGE_SECONDS,
    clockTolerance: TOLERANCE_SECONDS,
    currentDate: now,
  })
  if (!/^(application\/)?(logout\+)?jwt$/i.test(protectedHeader.typ ?? 'jwt'))
    throw new Error('It is a token of another type.')
  return payload
}
