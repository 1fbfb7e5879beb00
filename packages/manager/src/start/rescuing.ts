import type { Stores } from '../db/open.ts'
import { removeSpentPassword } from '../services/sign-in/first-administrator.ts'
import { rescue, type Given } from '../services/sign-in/rescue.ts'
import { withKeys, type Keeping } from './keeping.ts'
import { firstPasswordFile } from './open.ts'

type Deps = Keeping & {
  /** Who has typed the command. */
  os_user: string
}

const rescuing = <Answer>(
  { config, now, os_user }: Deps,
  work: (rescues: ReturnType<typeof rescue>, stores: Stores) => Promise<Answer>,
) =>
  withKeys({ config, now }, ({ database }) =>
    work(rescue({ database, os_user, now }), database.stores),
  )

/** Answers what to tell, in lines. `password`: null for one that is made. */
export const createAdministrator = (deps: Deps, name: string, password: string | null) =>
  rescuing(deps, async ({ createAdministrator }) => [
    `The administrator ${name} was made.`,
    ...told(name, await createAdministrator(name, password)),
  ])

export const resetPassword = (deps: Deps, name: string, password: string | null) =>
  rescuing(deps, async ({ resetPassword }, { users }) => [
    `${name} has a new password, and all sessions of that user have ended.`,
    ...told(name, await resetPassword(name, password)),
    ...(await withoutFirstPassword(users, firstPasswordFile(deps.config))),
  ])

/** The new password counts by now, and is told whatever becomes of the file with the first one. */
async function withoutFirstPassword(users: Stores['users'], password_file: string) {
  try {
    const isRemoved = await removeSpentPassword({ users, password_file })
    return isRemoved ? [`${password_file} was removed: its password has been changed.`] : []
  } catch (error) {
    return [`${password_file} was not removed, do it by hand: ${(error as Error).message}`]
  }
}

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
