/** By what else than a password somebody proves who he is. */
export type SecondFactorTables = {
  second_factor: {
    user_id: string
    sealed: string
    /** Until when the first code has to come; null since it came. */
    expires_at: string | null
    /** The time step of the last code that was taken: no older one counts any more. */
    last_step: number
  }
  recovery_code: { user_id: string; hash: string; used_at: string | null }
  /** A sign-in whose password was right, and that waits for its code. */
  sign_in_challenge: {
    hash: string
    user_id: string
    /** The user's, when the password was right. */
    epoch: number
    tries_left: number
    expires_at: string
    /** As of the session that is to be opened. */
    sso_subject: string | null
    sso_sid: string | null
  }
}
