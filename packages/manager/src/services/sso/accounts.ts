import { Failure } from '@linux-patch/shared/failure'
import type { Oidc } from '@linux-patch/shared/settings'
import type { Database, Stores } from '../../db/open.ts'
import type { UserRecord } from '../../db/people/users.ts'
import type { Identity } from '../../oidc/claims.ts'
import { SsoProblem } from '../../oidc/problem.ts'
import { recording } from '../audit/audit.ts'
import type { ManagerCall, OnEnded } from '../caller.ts'
import { freeName, subjectOf } from './names.ts'
import { decidesRoles, roleFrom, type RoleRules } from './roles.ts'

export type AccountRules = RoleRules & Pick<Oidc, 'link_by_verified_email' | 'create_users'>
type Deps = {
  database: Database
  onEnded: OnEnded
  now: () => Date
}
type Asked = { identity: Identity; rules: AccountRules; call: ManagerCall }

export type SsoAccounts = ReturnType<typeof ssoAccounts>

/** Whose account it is that another system vouches for. */
export function ssoAccounts({ database, onEnded, now }: Deps) {
  const record = recording('user', now)

  async function link(stores: Stores, alike: UserRecord, { identity, rules, call }: Asked) {
    const subject = subjectOf(identity)
    // One that was made for him to come by this way has no other. Of any other the password and the role stay.
    const isMeant = rules.link_by_verified_email || alike.provider === 'oidc'
    if (!isMeant) throw new SsoProblem('account_exists')
    if (!(await stores.ssoUsers.link(alike.id, subject))) {
      // He came twice at once, and the other sign-in has just made or tied it.
      const own = await stores.ssoUsers.findBySubject(subject)
      if (own) return own
      await stores.users.get(alike.id)
      throw new SsoProblem('account_exists')
    }
    await record(stores, call, { id: alike.id, action: 'sso_link', details: { subject } })
    return { ...alike, subject }
  }

  async function create(stores: Stores, { identity, rules, call }: Asked) {
    if (!rules.create_users) throw new SsoProblem('no_account')
    const subject = subjectOf(identity)
    const role = await roleOf(stores, identity, rules)
    const user = await stores.users.add({
      username: await freeName(stores, identity),
      password_hash: '',
      must_change_password: false,
      role,
      display_name: identity.display_name,
      email: identity.verified_email,
      provider: 'oidc',
      subject,
      created_at: now().toISOString(),
    })
    const details = { username: user.username, role, subject }
    await record(stores, call, { id: user.id, action: 'user_create', details })
    return user
  }

  async function find(stores: Stores, asked: Asked): Promise<UserRecord> {
    const { ssoUsers } = stores
    const known = await ssoUsers.findBySubject(subjectOf(asked.identity))
    if (known) return known
    const { verified_email } = asked.identity
    const alike = verified_email === null ? undefined : await ssoUsers.findByEmail(verified_email)
    if (alike && !alike.is_active) throw new SsoProblem('disabled')
    return alike ? link(stores, alike, asked) : create(stores, asked)
  }

  /** Gives him what his groups say now, if it was they who gave him his role. */
  async function withRole(stores: Stores, user: UserRecord, { identity, rules, call }: Asked) {
    if (user.provider === 'local' || !decidesRoles(rules)) return user
    const role = await roleOf(stores, identity, rules)
    if (role === user.role) return user
    const changed = await stores.ssoUsers.setRole(user.id, role)
    await stores.sessions.revokeAll(user.id, null, now().toISOString())
    const details = { before: user.role, role }
    await record(stores, call, { id: user.id, action: 'user_role', details })
    return changed
  }

  const once = (asked: Asked): Promise<{ user: UserRecord; isChanged: boolean }> =>
    database.transaction(async (stores) => {
      const found = await find(stores, asked)
      if (!found.is_active) throw new SsoProblem('disabled')
      const user = await withRole(stores, found, asked)
      return { user, isChanged: user.role !== found.role }
    })

  return {
    /** Finds it, ties it or makes it, as the rules allow. Throws an SsoProblem where they do not. */
    async accountOf(asked: Asked): Promise<UserRecord> {
      const { user, isChanged } = await once(asked).catch((error: unknown) => {
        // He came twice at once, and the other sign-in made the account; or it has just been removed.
        const isOvertaken = error instanceof Failure && overtaken.includes(error.code)
        if (isOvertaken) return once(asked)
        throw error
      })
      if (isChanged) onEnded((person) => person.user.id === user.id)
      return user
    },
  }
}

const overtaken: string[] = ['conflict', 'not_found']

/** A role may have been removed since the settings named it. It stays until the transaction ends. */
async function roleOf({ roles }: Stores, { groups }: Identity, rules: RoleRules): Promise<string> {
  const role = roleFrom(groups, rules)
  try {
    await roles.hold(role)
    return role
  } catch (cause) {
    const isGone = cause instanceof Failure && cause.code === 'not_found'
    throw isGone ? new SsoProblem('no_role', { cause }) : cause
  }
}
