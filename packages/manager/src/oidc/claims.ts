import { z } from 'zod'

/** Who somebody is in another system's words. */
export type Identity = {
  issuer: string
  subject: string
  /** His session there, as far as that is told. */
  sid: string | null
  /** Present only where the provider says that it has seen it to be his. */
  verified_email: string | null
  display_name: string
  /** When he proved it there, as far as that is told. */
  proved_at: Date | null
  /** What he would like to be called here, first the best. */
  names: string[]
  /** `unknown`: he is in some, and they were not sent. */
  groups: string[] | 'unknown'
}

const text = z.string().transform((value) =>
  value
    .replace(/\p{Cc}/gu, '')
    .toWellFormed()
    .trim(),
)
/** As providers name people and their sessions. */
export const Name = z.string().regex(/^[\x20-\x7e]{1,255}$/)
const Claims = z.object({
  iss: z.string(),
  sub: Name,
  sid: Name.optional().catch(undefined),
  email: z.email().max(254).optional().catch(undefined),
  email_verified: z.unknown().optional(),
  name: text.optional().catch(undefined),
  preferred_username: text.optional().catch(undefined),
  auth_time: z.number().int().min(0).max(1e11).optional().catch(undefined),
})
const Groups = z.array(z.string())
const Elsewhere = z.record(z.string(), z.unknown())

/** Reads the claims of an identity token that was checked. */
export function readIdentity(claims: Record<string, unknown>, groups_claim: string): Identity {
  const { iss, sub, sid = null, email, email_verified, auth_time, ...named } = Claims.parse(claims)
  // A provider that writes "true" where it means true is not believed: what else does it write?
  const verified_email = email !== undefined && email_verified === true ? email : null
  return {
    issuer: iss,
    subject: sub,
    sid,
    verified_email,
    display_name: (named.name ?? '').slice(0, 100),
    proved_at: auth_time === undefined ? null : new Date(auth_time * 1000),
    names: [named.preferred_username, verified_email].filter(
      (name) => name !== undefined && name !== null,
    ),
    groups: groupsIn(claims, groups_claim),
  }
}

/** Whoever is in very many groups has them kept back by some providers, with a hint at where they are. */
function groupsIn(claims: Record<string, unknown>, name: string): Identity['groups'] {
  const sent = claims[name]
  if (sent === undefined)
    return name in (Elsewhere.safeParse(claims._claim_names).data ?? {}) ? 'unknown' : []
  return Groups.safeParse(sent).data ?? 'unknown'
}
