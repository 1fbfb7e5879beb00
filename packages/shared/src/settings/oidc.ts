import { z } from 'zod'
import { RoleName } from '../role.ts'

const isLoopback = (name: string) =>
  name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)

/**
 * An address at which secrets are told or fetched. Without TLS only on this machine, where the configuration file lets
 * it be so: `isUnprotected` says which those are.
 */
export const SafeUrl = z.string().max(500).refine(isSafe, {
  error: 'must be an https address without user, query or fragment',
})

export const isUnprotected = (url: string): boolean => new URL(url).protocol === 'http:'

function isSafe(text: string): boolean {
  const url = URL.parse(text)
  if (!url || url.username || url.password || /[?#\s]/.test(text)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

const text = z.string().trim().min(1).max(255)
const Scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'is not a scope')

/** Signing in by another system's word: OpenID Connect. */
export const oidc = {
  enabled: z.boolean(),
  /** What the button says. */
  display_name: z.string().trim().min(1).max(60),
  issuer: SafeUrl.nullable(),
  client_id: text.nullable(),
  scopes: z
    .array(Scope)
    .min(1)
    .max(20)
    .refine((scopes) => scopes.includes('openid'), 'must hold openid'),
  /** Where the provider sends people back to; null: this manager's own address. */
  redirect_uri: SafeUrl.nullable(),
  /** Whether somebody of the same, verified mail address is the same person. */
  link_by_verified_email: z.boolean(),
  /** Whether whoever is new gets an account. */
  create_users: z.boolean(),
  /** Of those whose groups give them none; null: they are not let in. */
  default_role: RoleName.nullable(),
  /** The claim that names somebody's groups. */
  groups_claim: text,
  /** The role that a group of the provider's gives. */
  role_by_group: z
    .record(z.string().min(1).max(255), RoleName)
    .refine((roles) => Object.keys(roles).length <= 200, 'must not name more than 200 groups'),
  /** Whether signing out here ends the session there as well, which other systems use too. */
  sign_out_at_provider: z.boolean(),
}

export const oidcDefaults = {
  enabled: false,
  display_name: 'Single sign-on',
  issuer: null,
  client_id: null,
  scopes: ['openid', 'profile', 'email'],
  redirect_uri: null,
  link_by_verified_email: false,
  create_users: false,
  default_role: null,
  groups_claim: 'groups',
  role_by_group: {},
  sign_out_at_provider: false,
}
