import { MONITORING, type ApiToken, type ApiTokenState } from '@linux-patch/shared/api-token'
import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import { isForTokens, permissions, type Permission } from '@linux-patch/shared/permissions'
import type { ApiTokenRecord } from '../../db/people/api-tokens.ts'
import type { Scope } from '../../db/scope.ts'
import { newApiToken } from './api-token-text.ts'
import { recording } from '../audit/audit.ts'
import { personOf, scopeOf, type ManagerCall, type Person } from '../caller.ts'
import { refuseBeyond, refuseEverywhere } from './covers.ts'
import { hashOf } from '../secret-hash.ts'
import { refuseShutOut } from './user-rules.ts'
import type { UserDeps } from './users.ts'

const DAY = 24 * 3_600_000
type Wanted = Input<ManagerApi['createApiToken']>

/** Tokens that people make for programs, which then act in their names. */
export function apiTokenService({
  database,
  now,
  onEnded,
}: Omit<UserDeps, 'rules' | 'onPasswordChanged'>) {
  const record = recording('api_token', now)

  async function create({ expires_in_days, ...wanted }: Wanted, call: ManagerCall) {
    const { user } = personOf(call)
    const { token, prefix } = newApiToken()
    const at = now()
    const what = {
      name: wanted.name,
      permissions: permissionsFor(wanted, personOf(call)),
      group_ids: wanted.group_ids && [...new Set(wanted.group_ids)],
      expires_at: new Date(at.getTime() + expires_in_days * DAY).toISOString(),
    }
    const made = await database.transaction(async (stores) => {
      await stores.groups.hold(what.group_ids ?? [], scopeOf(call))
      await refuseShutOut(stores, call)
      const own = { user_id: user.id, prefix, hash: hashOf(token), created_at: at.toISOString() }
      const added = await stores.apiTokens.add({ ...what, ...own })
      const details = { prefix, ...what }
      await record(stores, call, { action: 'api_token_create', id: added.id, details })
      return added
    })
    return { ...toApiToken(made, at), token }
  }

  async function list(
    { all, limit, offset }: Input<ManagerApi['listApiTokens']>,
    call: ManagerCall,
  ) {
    const user_id = all ? undefined : personOf(call).user.id
    const { rows, total } = await database.stores.apiTokens.list({ limit, offset, user_id })
    const tokens = rows.map((row) => toldTo(personOf(call), toApiToken(row, now())))
    return { tokens, total, limit, offset }
  }

  async function revoke({ id }: Input<ManagerApi['revokeApiToken']>, call: ManagerCall) {
    const { user, permissions } = personOf(call)
    await database.transaction(async (stores) => {
      const token = await stores.apiTokens.find(id)
      if (!token || (token.user_id !== user.id && !permissions.has('token:revoke')))
        throw new Failure('not_found', 'There is no such token.')
      if ((await stores.apiTokens.revoke({ id }, now().toISOString())).length === 0) return
      const { name, prefix, username } = token
      const details = { name, prefix, username }
      await record(stores, call, { action: 'api_token_revoke', id, details })
    })
    onEnded(({ token_id }) => token_id === id)
  }

  return { create, list, revoke }
}

/** What is asked for, of what the person may do himself and a program ever may. */
function permissionsFor(
  { permissions: asked, group_ids }: Pick<Wanted, 'permissions' | 'group_ids'>,
  person: Person,
): Permission[] {
  const named = permissions.filter((permission) => asked.includes(permission))
  const never = named.filter((permission) => !isForTokens(permission))
  if (never.length > 0)
    throw new Failure('invalid_request', `No token may have ${never.join(', ')}.`, {
      details: { reason: 'not_for_tokens', permissions: never },
    })
  const scope: Scope = group_ids ? { group_ids, ungrouped: false } : person.scope
  if (scope !== 'all') refuseEverywhere(named, 'A token for the hosts of some groups')
  refuseBeyond(person, { permissions: new Set(named), scope: person.scope }, 'The token would have')
  if (!asked.includes(MONITORING)) return named
  const seen = [...person.permissions].filter((one) => one.endsWith(':read') && isForTokens(one))
  return permissions.filter((permission) => named.includes(permission) || seen.includes(permission))
}

const toApiToken = ({ user_id, username, ...record }: ApiTokenRecord, at: Date): ApiToken => ({
  ...record,
  state: stateOf(record, at),
  user: { id: user_id, username },
})

/** Of somebody else's token, those of its groups that one sees oneself. */
const toldTo = ({ user, scope }: Person, token: ApiToken): ApiToken =>
  scope === 'all' || token.user.id === user.id
    ? token
    : { ...token, group_ids: token.group_ids?.filter((id) => scope.group_ids.includes(id)) ?? null }

export function stateOf(
  { revoked_at, expires_at }: Pick<ApiTokenRecord, 'revoked_at' | 'expires_at'>,
  at: Date,
): ApiTokenState {
  if (revoked_at !== null) return 'revoked'
  return expires_at <= at.toISOString() ? 'expired' : 'active'
}
