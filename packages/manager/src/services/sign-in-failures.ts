import { Failure } from '@linux-patch/shared/failure'

/** The same words for a name that nobody has. */
export const wrongCredentials = () =>
  new Failure('invalid_credentials', 'The name or the password is wrong.')

export const signInAgain = () => new Failure('unauthorized', 'Sign in again.')
