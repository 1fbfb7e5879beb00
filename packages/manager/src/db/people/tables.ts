import type { Flag } from '../flag.ts'

/** Where somebody proves who he is: here, or at the OpenID provider. */
export type Provider = 'local' | 'oidc'

/** Who may do what here, and what they did. */
export type PeopleTables = {
  user: {
    id: string
    username: string
    /** Empty: none opens this account. */
    password_hash: string
    /** A built-in one, or one in `role`. */
    role: string
    display_name: string
    email: string | null
    is_active: Flag
    provider: Provider
    /** Who he is at the provider: issuer and subject. */
    subject: string | null
    /** Null where that was not kept yet. */
    created_at: string | null
    last_sign_in_at: string | null
    must_change_password: Flag
    /** Whether the second factor counts. */
    mfa_enabled: Flag
    /** Goes up whenever every token made before must stop to count. */
    epoch: number
  }
  /** Users who were removed: what names them by id still finds their names here. */
  former_user: { id: string; username: string; left_at: string }
  /** What somebody lets a program do in his name. */
  api_token: {
    id: string
    user_id: string
    name: string
    /** How it begins: by this people recognize it. */
    prefix: string
    hash: string
    /** JSON: what it may do, where its user may do that. */
    permissions: string
    /** JSON: the groups whose hosts it is good on; null where it is good on all that its user sees. */
    group_ids: string | null
    created_at: string
    expires_at: string
    last_used_at: string | null
    last_used_ip: string | null
    revoked_at: string | null
  }
  /** A role that was made here; `permissions` is JSON. */
  role: {
    name: string
    description: string
    permissions: string
    scoped: Flag
    created_at: string
  }
  /** Who takes care of the hosts of which group. */
  host_group_user: { group_id: string; user_id: string }
  session: {
    id: string
    user_id: string
    ip: string
    user_agent: string
    created_at: string
    /** When it last took new tokens. */
    last_used_at: string
    expires_at: string
    revoked_at: string | null
    /** When somebody last proved here who he is. */
    confirmed_at: string
    /** Whom a provider vouched for: issuer and subject. Null where it was opened by a password here. */
    sso_subject: string | null
    /** To which session at the provider it belongs: issuer and `sid`. Null where that is not known. */
    sso_sid: string | null
  }
  refresh_token: { hash: string; session_id: string; used_at: string | null }
  /** Wrong passwords and codes; empty stands for every name, or every address. */
  attempt: {
    name: string
    address: string
    failures: number
    failed_at: string | null
    locked_until: string | null
    /** When somebody of that name last signed in from there. */
    signed_in_at: string | null
  }
}
