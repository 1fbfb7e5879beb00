/** Sign-ins by another system's word that are under way, and sign-outs. */
export type SsoTables = {
  /** One that has gone to the provider. Everything else about it follows from what the browser keeps. */
  sso_attempt: {
    browser_hash: string
    /** Which provider it has gone to. */
    issuer: string
    return_to: string
    expires_at: string
  }
  /** One that came back: who it was, until the page of the same browser asks for the tokens. */
  sso_handoff: {
    code_hash: string
    browser_hash: string
    user_id: string
    /** The user's, when he came back. */
    epoch: number
    /** When he proved who he is. */
    confirmed_at: string
    expires_at: string
    /** As of the session that is to be opened. */
    sso_sid: string | null
  }
  /** A sign-out that the provider has told of: each is told once. */
  sso_logout: { token_hash: string; expires_at: string }
}
