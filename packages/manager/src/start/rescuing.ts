import { rescue, type Given } from '../services/sign-in/rescue.ts'
import { withKeys, type Keeping } from './keeping.ts'

type Deps = Keeping & {
  /** Who has typed the command. */
  os_user: string
}

const rescuing = <Answer>(
  { config, now, os_user }: Deps,
  work: (rescues: ReturnType<typeof rescue>) => Promise<Answer>,
) => withKeys({ config, now }, ({ database }) => work(rescue({ database, os_user, now })))

/** Answers what to tell, in lines. `password`: null for one that is made. */
export const createAdministrator = (deps: Deps, name: string, password: string | null) =>
  rescuing(deps, async ({ createAdministrator }) => [
    `The administrator ${name} was made.`,
    ...told(name, await createAdministrator(name, password)),
  ])

export const resetPassword = (deps: Deps, name: string, password: string | null) =>
  rescuing(deps, async ({ resetPassword }) => [
    `${name} has a new password, and all sessions of that user have ended.`,
    ...told(name, await resetPassword(name, password)),
  ])

export const unlockName = (deps: Deps, name: string) =>
  rescuing(deps, async ({ unlock }) => {
    await unlock(name)
    return [`${name} may sign in again, also from where the wrong passwords came.`]
  })

export const disableMfa = (deps: Deps, name: string) =>
  rescuing(deps, async ({ disableMfa }) => {
    await disableMfa(name)
    return [
      `The second factor of ${name} is off, and all sessions of that user have ended: now the password alone is enough to sign in.`,
    ]
  })

const told = (name: string, { made }: Given) =>
  made === null
    ? []
    : [
        `Sign in as "${name}" with the password ${made}`,
        'It has to be changed at the first sign-in.',
      ]
