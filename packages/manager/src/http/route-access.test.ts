import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { placeOf, type Endpoint } from '@linux-patch/shared/contract'
import { managerApi } from '@linux-patch/shared/manager-api'
import {
  isEverywhere,
  isForTokens,
  isOwn,
  isPermission,
  permissions,
  rightsOfBuiltIn,
  type Permission,
  type RoleRights,
} from '@linux-patch/shared/permissions'
import { rows, type Row } from './access-rows.test.kit.ts'
import { stage, type Stage } from './access-stage.test.kit.ts'
import { askFor, type RowInput } from './row-request.test.kit.ts'

type Name = keyof typeof managerApi

/** Who asks: what his role lets him do, whether he sees the hosts of the group that the rows are about, his token. */
type Caller = {
  rights: RoleRights | null
  seesOwn: boolean
  tokenOf: (stage: Stage) => Promise<string | undefined>
}

const endpoints = Object.entries<Endpoint>(managerApi) as [Name, Endpoint][]
/** May do all that there is, on the hosts of his groups. */
const everything: RoleRights = {
  permissions: permissions.filter((permission) => !isEverywhere(permission)),
  scoped: true,
}

const stranger = (tokenOf: Caller['tokenOf']): Caller => ({ rights: null, seesOwn: false, tokenOf })
const inRole = (role: string, group: 'own' | 'other', rights = rightsOfBuiltIn(role)!): Caller => ({
  rights,
  seesOwn: !rights.scoped || group === 'own',
  tokenOf: async (on) =>
    (await on.session(role, group === 'own' ? [on.own.id, on.alsoOwn.id] : [on.other.id])).token,
})

/** A program, by a token of the administrator for so much, on all hosts or on those of one group. */
const byToken = (permissions: readonly Permission[], group?: 'own' | 'other'): Caller => ({
  rights: { permissions, scoped: group !== undefined },
  seesOwn: group !== 'other',
  tokenOf: async (on) => {
    const group_ids = group && [on[group].id]
    return (
      await on.admin.createApiToken({ name: 'program', permissions: [...permissions], group_ids })
    ).token
  },
})

const callers: Record<string, Caller> = {
  nobody: stranger(() => Promise.resolve(undefined)),
  'whose token has expired': stranger((on) => on.expired()),
  'whose session was revoked': stranger(async (on) => {
    const { token, session_id } = await on.session('admin')
    await on.stores.sessions.revoke(session_id, on.now().toISOString())
    return token
  }),
  'whose API token was revoked': stranger(async (on) => {
    const { id, token } = await on.admin.createApiToken({
      name: 'revoked',
      permissions: ['host:read'],
    })
    await on.admin.revokeApiToken({ id })
    return token
  }),
  'a viewer': inRole('viewer', 'own'),
  'a viewer of another group': inRole('viewer', 'other'),
  'an auditor': inRole('auditor', 'own'),
  'an operator': inRole('operator', 'own'),
  'an operator of another group': inRole('operator', 'other'),
  'somebody who may do everything': inRole('everything', 'own', everything),
  'somebody who may do everything in another group': inRole('everything', 'other', everything),
  'an administrator': inRole('admin', 'own'),
  'a token for everything': byToken(permissions.filter(isForTokens)),
  'a token for everything in another group': byToken(
    everything.permissions.filter(isForTokens),
    'other',
  ),
  'a token for nearly nothing': byToken(['self:read']),
}

let on: Stage
before(async () => {
  on = await stage()
  const given = everything.permissions.filter((permission) => !isOwn(permission))
  await on.admin.createRole({ name: 'everything', permissions: given, scoped: true })
})
after(() => on[Symbol.asyncDispose]())

test('every endpoint has a row, and every row an endpoint', () => {
  assert.deepEqual(Object.keys(rows).toSorted(), endpoints.map(([name]) => name).toSorted())
})

function neededFor({ access, besides, ...endpoint }: Endpoint, input: RowInput): Permission[] {
  const further = besides?.(endpoint.input.parse(input) as never) ?? null
  return [access, further].filter((one) => one !== null).filter(isPermission)
}

/** Needed by what is asked for otherwise than the rows do, or whose it is: the tests of API tokens have these. */
const elsewhere: Permission[] = ['token:read', 'token:revoke']

test('every permission is needed for something', async () => {
  const needed = new Set(elsewhere)
  for (const [name, endpoint] of endpoints)
    for (const one of neededFor(endpoint, (await rows[name].input(on)) as RowInput)) needed.add(one)
  assert.deepEqual(
    permissions.filter((one) => !needed.has(one)),
    [],
  )
})

/** What the registry implies: who is refused for what, and else the answer of the row. */
function expected(endpoint: Endpoint, row: Row, input: RowInput, { rights, seesOwn }: Caller) {
  const needed = neededFor(endpoint, input)
  if (needed.length === 0) return [row.status]
  if (!rights) return [401, 'unauthorized']
  for (const permission of needed) {
    if (!rights.permissions.includes(permission)) return [403, 'forbidden_role']
    if (rights.scoped && isEverywhere(permission)) return [403, 'forbidden_scope']
  }
  if (seesOwn || row.outside === null) return [row.status]
  return row.outside === 404 ? [404, 'not_found'] : [403, 'forbidden_scope']
}

for (const [name, endpoint] of endpoints)
  for (const place of [placeOf(endpoint).path, ...(endpoint.aliases ?? [])])
    test(`${endpoint.route.split(' ')[0]} ${place}: who is let in to ${name}`, async () => {
      const row = rows[name] as Row
      for (const [who, caller] of Object.entries(callers)) {
        const input = (await row.input(on)) as RowInput
        const token = await caller.tokenOf(on)
        const { status, code, body } = await askFor(on, endpoint, input, { token, place })
        const [wanted, why] = expected(endpoint, row, input, caller)
        assert.equal(status, wanted, `${name}, ${who}: ${status} instead of ${wanted}: ${body}`)
        if (why) assert.equal(code, why, `${name}, ${who}`)
      }
    })
