import { z } from 'zod'
import { SentOidc } from '../settings.ts'
import { SafeUrl } from './oidc.ts'

/** What a provider says of itself. Each of it is the provider's word alone. */
export const Discovered = z
  .object({
    issuer: z.string(),
    authorization_endpoint: z.string().nullable(),
    token_endpoint: z.string().nullable(),
    userinfo_endpoint: z.string().nullable(),
    end_session_endpoint: z.string().nullable(),
    jwks_uri: z.string().nullable(),
    /** By which of those that are accepted here it signs who somebody is. */
    signing_algorithms: z.array(z.string()),
    /** How a client can show who it is. */
    client_authentication: z.array(z.string()),
    scopes: z.array(z.string()),
    claims: z.array(z.string()),
    /** Whether it says that it takes PKCE with S256. */
    pkce: z.boolean(),
  })
  .meta({ id: 'Discovered' })
export type Discovered = z.infer<typeof Discovered>

export const SsoCheck = z
  .object({
    name: z.enum(['discovery', 'endpoints', 'keys', 'pkce', 'scopes', 'client', 'redirect']),
    /** `unknown`: only somebody who signs in can tell. */
    result: z.enum(['ok', 'failed', 'unknown']),
    message: z.string(),
  })
  .meta({ id: 'SsoCheck' })
export type SsoCheck = z.infer<typeof SsoCheck>

/** What was found out about a provider without anybody signing in. */
export const SsoTest = z
  .object({ ok: z.boolean(), redirect_uri: z.string(), checks: z.array(SsoCheck) })
  .meta({ id: 'SsoTest' })
export type SsoTest = z.infer<typeof SsoTest>

export const SentIssuer = z.strictObject({ issuer: SafeUrl })
export const SentSsoTest = z.strictObject({ oidc: SentOidc.optional() })

/** A tenant by its id, never by a name: its name is not what its tokens say. */
export const SentAzureTest = z.strictObject({
  tenant_id: z.guid('is not the id of a tenant').toLowerCase(),
  client_id: SentOidc.shape.client_id.unwrap().unwrap(),
  client_secret: SentOidc.shape.client_secret,
})
