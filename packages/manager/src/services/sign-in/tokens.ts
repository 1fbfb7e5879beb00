import { randomBytes } from 'node:crypto'
import { Failure } from '@linux-patch/shared/failure'
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  type JWK,
} from 'jose'
import { inForce, isDue, newestOf, withNext, type Ring } from './token-ring.ts'

export const ACCESS_SECONDS = 15 * 60

/** What an access token says: whose, of which session, and as of which epoch of the user's rights. */
export type Claims = { user_id: string; session_id: string; epoch: number }
export type TokenKey = { kid: string; jwk: JWK; made_at: string }
export type TokenRing = Ring<TokenKey>
export type Tokens = Awaited<ReturnType<typeof tokens>>

type Deps = {
  /** As every manager has it now. */
  ring: () => Promise<TokenRing>
  /** Of several who replace it at once all go on with what one of them made. */
  replace: (make: (before: TokenRing) => TokenRing) => Promise<TokenRing>
  now: () => Date
}

const name = 'linux-patch-manager'
const algorithm = 'EdDSA'

export async function newTokenKey(now: Date): Promise<TokenKey> {
  const { privateKey } = await generateKeyPair(algorithm, { crv: 'Ed25519', extractable: true })
  const jwk = await exportJWK(privateKey)
  return { kid: await calculateJwkThumbprint(jwk), jwk, made_at: now.toISOString() }
}

/** Signs and reads access tokens. That one is genuine does not make it valid: the session decides. */
export async function tokens({ ring, replace, now }: Deps) {
  let known = await opened(await ring())

  async function signing(): Promise<OpenKey> {
    if (isDue(known, now())) {
      const key = await newTokenKey(now())
      const next = (before: TokenRing) => (isDue(before, now()) ? withNext(before, key) : before)
      known = await opened(await replace(next))
    }
    return newestOf(known)
  }

  /** One that is not known may be what another manager has just made. */
  async function keyOf(kid: string | undefined): Promise<OpenKey | undefined> {
    if (kid === undefined) return undefined
    const find = () => inForce(known, now()).find((key) => key.kid === kid)
    const found = find()
    if (found) return found
    known = await opened(await ring())
    return find()
  }

  return {
    async sign({ user_id, session_id, epoch }: Claims) {
      const { kid, privateKey } = await signing()
      return new SignJWT({ sid: session_id, epoch })
        .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid })
        .setSubject(user_id)
        .setIssuer(name)
        .setAudience(name)
        .setIssuedAt()
        .setExpirationTime(`${ACCESS_SECONDS}s`)
        .sign(privateKey)
    },

    async read(token: string): Promise<Claims> {
      const key = await keyOf(kidOf(token))
      if (!key) throw notValid()
      try {
        return await claimsOf(token, key)
      } catch (cause) {
        throw notValid({ cause })
      }
    },
  }
}

const opened = async ({ keys }: TokenRing) => ({ keys: await Promise.all(keys.map(openKey)) })
type OpenKey = Awaited<ReturnType<typeof openKey>>

async function openKey({ kid, made_at, jwk }: TokenKey) {
  const { d: _secret, ...open } = jwk
  const [privateKey, publicKey] = await Promise.all([
    importJWK(jwk, algorithm),
    importJWK(open, algorithm),
  ])
  return { kid, made_at, privateKey, publicKey }
}

async function claimsOf(token: string, { publicKey }: OpenKey): Promise<Claims> {
  const { payload } = await jwtVerify(token, publicKey, {
    algorithms: [algorithm],
    typ: 'at+jwt',
    issuer: name,
    audience: name,
    requiredClaims: ['sub', 'exp', 'sid', 'epoch'],
  })
  return {
    user_id: String(payload.sub),
    session_id: String(payload.sid),
    epoch: Number(payload.epoch),
  }
}

function kidOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    return undefined // It is no token at all, which is what it is told.
  }
}

const notValid = (options?: ErrorOptions) =>
  new Failure('unauthorized', 'Sign in again: this token is not valid.', options)

/** 256 random bits as 43 letters; only their hash is stored. */
export const newRefreshToken = () => randomBytes(32).toString('base64url')
