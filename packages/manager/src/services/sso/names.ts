import type { Stores } from '../../db/open.ts'
import type { Identity } from '../../oidc/claims.ts'
import { randomLetters } from '../random-letters.ts'

const FIT = /^[a-z0-9][a-z0-9._@+-]{0,99}$/i

/** A name that nobody has yet, as near as can be to what he is called elsewhere. */
export async function freeName(
  { users }: Pick<Stores, 'users'>,
  { names }: Identity,
): Promise<string> {
  const fit = names.filter((name) => FIT.test(name))
  for (const name of [...fit, ...fit.map((name) => `${name.slice(0, 90)}-${randomLetters(6)}`)])
    if (!(await users.find(name))) return name
  return `sso-${randomLetters(12)}`
}

/** A space is in no issuer, so two systems never name the same. */
export const subjectOf = ({ issuer, subject }: Pick<Identity, 'issuer' | 'subject'>) =>
  `${issuer} ${subject}`

/** His session there, likewise. */
export const sidOf = ({ issuer, sid }: Pick<Identity, 'issuer' | 'sid'>) =>
  sid === null ? null : `${issuer} ${sid}`
