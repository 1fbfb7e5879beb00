import type { Flag } from './flag.ts'

/** Where somebody's word is taken that he is who he says. */
export type Provider = 'local' | 'oidc'

/** Who may do what here, and what they did. */
export type PeopleTables = {
  user: {
    id: string
    username: string
    /** Empty: none opens this account. */
    password_hash: string
    /** One of those that there always are, or one in `role`. */
    role: string
    display_name: string
    email: string | null
    is_active: Flag
    provider: Provider
    /** Who it is there: issuer and subject. */
    subject: string | null
    created_at: string
    last_sign_in_at: string | null
    must_change_password: Flag
    /** Whether the second factor counts. */
    mfa_enabled: Flag
    /** Goes up whenever every token made before must stop to count. */
    epoch: number
  }
  /** A role that was made here; `permissions` is JSON. */
  role: {
    name: string
    description: string
    permissions: string
    scoped: Flag
    created_at: string
  }
  /** Of whose hosts somebody takes care. */
  host_group_user: { group_id: string; user_id: string }
  session: {
    id: string
    user_id: string
    ip: string
    user_agent: string
    expires_at: string
    revoked_at: string | null
    /** When somebody last proved here who he is. */
    confirmed_at: string
  }
  refresh_token: { hash: string; session_id: string; used_at: string | null }
}
