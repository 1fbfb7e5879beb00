import { randomBytes } from 'node:crypto'
import { Failure } from '@linux-patch/shared/failure'
import { exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT, type JWK } from 'jose'

export const ACCESS_SECONDS = 15 * 60

/** What an access token says: whose, of which session, and as of which epoch of the user's rights. */
export type Claims = { user_id: string; session_id: string; epoch: number }
export type Tokens = Awaited<ReturnType<typeof tokens>>

const name = 'linux-patch-manager'
const algorithm = 'EdDSA'

export async function newTokenKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { crv: 'Ed25519', extractable: true })
  return exportJWK(privateKey)
}

/** Signs and reads access tokens. That one is genuine does not make it valid: the session decides. */
export async function tokens(key: JWK) {
  const privateKey = await importJWK(key, algorithm)
  const { d: _secret, ...open } = key
  const publicKey = await importJWK(open, algorithm)

  return {
    sign: ({ user_id, session_id, epoch }: Claims) =>
      new SignJWT({ sid: session_id, epoch })
        .setProtectedHeader({ alg: algorithm, typ: 'at+jwt' })
        .setSubject(user_id)
        .setIssuer(name)
        .setAudience(name)
        .setIssuedAt()
        .setExpirationTime(`${ACCESS_SECONDS}s`)
        .sign(privateKey),

    async read(token: string): Promise<Claims> {
      try {
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
      } catch (cause) {
        throw new Failure('unauthorized', 'Sign in again: this token is not valid.', { cause })
      }
    },
  }
}

/** 256 random bits as 43 letters; only their hash is stored. */
export const newRefreshToken = () => randomBytes(32).toString('base64url')
