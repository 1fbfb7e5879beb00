import { Failure } from '@linux-patch/shared/failure'
import type { ApiTokenRecord } from '../../db/people/api-tokens.ts'
import type { Stores } from '../../db/open.ts'
import type { Scope } from '../../db/scope.ts'
import type { UserRecord } from '../../db/people/users.ts'
import { stateOf } from './api-tokens.ts'
import { isWhole } from './api-token-text.ts'
import type { Person } from '../caller.ts'
import { rightsOf, type Rights } from './rights.ts'
import { hashOf } from '../secret-hash.ts'

const MINUTE = 60_000
type Known = { token: ApiTokenRecord; user: UserRecord }

export type TokenCallers = ReturnType<typeof tokenCallers>

/** Who calls by an API token: its maker, as far as the token goes and he himself still does. */
export function tokenCallers({ stores, now }: { stores: Stores; now: () => Date }) {
  const { apiTokens, users } = stores

  /** Nobody where the token counts no longer, or its maker may not come in. */
  async function makerOf(token: ApiTokenRecord | undefined): Promise<Known | undefined> {
    if (!token || stateOf(token, now()) !== 'active') return undefined
    const user = await users.get(token.user_id)
    return user.is_active ? { token, user } : undefined
  }

  async function personBy({ token, user }: Known): Promise<Person> {
    const rights = narrowed(await rightsOf(stores, user), token)
    return { ...rights, session_id: null, token_id: token.id, confirmed_at: null }
  }

  /** So that people see which are in use; once a minute is enough to know that. */
  async function noteUse({ id, last_used_at }: ApiTokenRecord, ip: string) {
    const last_before = new Date(now().getTime() - MINUTE).toISOString()
    if (last_used_at !== null && last_used_at > last_before) return
    await apiTokens.setUsed(id, { at: now().toISOString(), ip, last_before })
  }

  return {
    async whoIs(text: string, ip: string): Promise<Person> {
      if (!isWhole(text)) throw notValid()
      const known = await makerOf(await apiTokens.findByHash(hashOf(text)))
      if (!known) throw notValid()
      await noteUse(known.token, ip)
      return personBy(known)
    },

    /** The same for one who came by it before; nobody where it opens nothing any more. */
    async find(token_id: string): Promise<Person | undefined> {
      const known = await makerOf(await apiTokens.find(token_id))
      return known && personBy(known)
    },
  }
}

function narrowed({ user, permissions, scope, epoch }: Rights, token: ApiTokenRecord): Rights {
  const left = token.permissions.filter((permission) => permissions.has(permission))
  const within = scopeWithin(scope, token.group_ids)
  return {
    user: { ...user, permissions: left, scoped: within !== 'all' },
    permissions: new Set(left),
    scope: within,
    epoch,
  }
}

function scopeWithin(scope: Scope, group_ids: string[] | null): Scope {
  if (group_ids === null) return scope
  const own = scope === 'all' ? group_ids : group_ids.filter((id) => scope.group_ids.includes(id))
  return { group_ids: own, ungrouped: false }
}

const notValid = () => new Failure('unauthorized', 'This API token is not valid, or not any more.')
