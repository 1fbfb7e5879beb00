import { Failure } from '@linux-patch/shared/failure'

/** The same words for a name that nobody has. */
export const wrongCredentials = () =>
  new Failure('invalid_credentials', 'The name or the password is wrong.')

export const wrongPassword = () =>
  new Failure('invalid_credentials', 'The current password is wrong.')

export const wrongCode = (details: Record<string, unknown> = {}) =>
  new Failure('invalid_credentials', 'The code is wrong, or was used before.', { details })

export const signInAgain = () => new Failure('unauthorized', 'Sign in again.')

/** Right only after the right password: to whoever does not know it the account is like any other. */
export const accountDisabled = () =>
  new Failure('account_disabled', 'This account is disabled. An administrator can enable it.')

/** Said of names that nobody has, too. */
export function accountLocked(until: string, now: Date) {
  const retry_after_seconds = Math.max(1, Math.ceil((Date.parse(until) - now.getTime()) / 1000))
  const minutes = Math.ceil(retry_after_seconds / 60)
  return new Failure(
    'account_locked',
    `Too many wrong tries; try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
    { details: { retry_after_seconds } },
  )
}
