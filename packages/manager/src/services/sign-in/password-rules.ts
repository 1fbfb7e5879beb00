import { Failure } from '@linux-patch/shared/failure'
import type { Security } from '@linux-patch/shared/settings'
import { comparedName } from '../../db/people/user-name.ts'
import type { UserRecord } from '../../db/people/users.ts'
import { isEasyToGuess } from './guesses.ts'
import { isPassword } from './passwords.ts'

type Deps = { security: () => Promise<Pick<Security, 'password_min_length'>> }
/** Whose password it shall be; the hash is empty where there was none before. */
export type Owner = Pick<UserRecord, 'username' | 'email' | 'display_name' | 'password_hash'>

export type PasswordRules = ReturnType<typeof passwordRules>

const LONGEST = 1000

/** What every new password must keep to, whoever sets it. */
export function passwordRules({ security }: Deps) {
  /** Throws `invalid_request` with a sentence for whoever chose it. */
  async function check(password: string, owner: Owner): Promise<void> {
    const text = password.normalize('NFKC')
    const { length } = Array.from(text)
    const { password_min_length } = await security()
    if (length < password_min_length)
      throw refused('too_short', `must have at least ${password_min_length} characters`)
    if (length > LONGEST) throw refused('too_long', `must have at most ${LONGEST} characters`)
    if (namesOf(owner).includes(comparedName(text)))
      throw refused('own_name', 'must not be the name of its owner')
    if (await isEasyToGuess(text, wordsOf(owner)))
      throw refused('easy_to_guess', 'is easy to guess: use several words, or random letters')
    if (owner.password_hash !== '' && (await isPassword(text, owner.password_hash)))
      throw refused('the_old_one', 'must not be the old one')
  }
  return { check }
}

const refused = (reason: string, what: string) =>
  new Failure('invalid_request', `The new password ${what}.`, { details: { reason } })

const namesOf = ({ username, email, display_name }: Owner) =>
  [username, email ?? '', display_name].map(comparedName)

/** What somebody who knows the owner would try first. */
const wordsOf = (owner: Owner) => [
  ...namesOf(owner).flatMap((name) => [name, ...name.split(/[^\p{L}\p{N}]+/u)]),
  'linux',
  'patch',
  'manager',
]
