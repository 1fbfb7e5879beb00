import { SignJWT, importJWK } from 'jose'
import type { Forge, IdToken } from './provider.test.kit.ts'

/** For tests only: an identity token by that key. */
export const signed = async ({ header, claims }: IdToken, key: object) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', ...header })
    .sign(await importJWK(key, String(header.alg)))

/** For tests only: what the provider's own key says, but for these claims. */
export const saying =
  (claims: object): Forge =>
  (token, key) =>
    signed({ ...token, claims: { ...token.claims, ...claims } }, key)
