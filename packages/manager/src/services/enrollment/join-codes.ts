import type { Input } from '@linux-patch/shared/contract'
import type { JoinCode, JoinCodeState } from '@linux-patch/shared/join-code'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { JoinCodeRecord } from '../../db/enrollment/join-codes.ts'
import type { Database } from '../../db/open.ts'
import { recording } from '../audit/audit.ts'
import { personOf, type ManagerCall } from '../caller.ts'
import { randomLetters } from '../random-letters.ts'
import { hashOf } from '../secret-hash.ts'

type Deps = { database: Database; now: () => Date }

const HOUR = 3_600_000

/** Codes that people give to hosts, so that they need not wait in the queue one by one. */
export function joinCodeService({ database, now }: Deps) {
  const record = recording('join_code', now)

  async function create(
    { expires_in_hours, ...input }: Input<ManagerApi['createJoinCode']>,
    call: ManagerCall,
  ) {
    const { user } = personOf(call)
    const code = `lpmj_${randomLetters(32)}`
    const at = now()
    const made = await database.transaction(async (stores) => {
      await stores.groups.hold(input.group_ids, 'all')
      const added = await stores.joinCodes.add({
        ...input,
        hash: hashOf(code),
        created_by: user.username,
        created_by_id: user.id,
        created_at: at.toISOString(),
        expires_at: new Date(at.getTime() + expires_in_hours * HOUR).toISOString(),
      })
      const details = { ...input, expires_at: added.expires_at }
      await record(stores, call, { action: 'join_code_create', id: added.id, details })
      return added
    })
    return { ...toJoinCode(made, at), code }
  }

  async function revoke({ id }: Input<ManagerApi['revokeJoinCode']>, call: ManagerCall) {
    await database.transaction(async (stores) => {
      const { name, uses_left } = await stores.joinCodes.get(id)
      if (!(await stores.joinCodes.revoke(id, now().toISOString()))) return
      await record(stores, call, { action: 'join_code_revoke', id, details: { name, uses_left } })
    })
  }

  async function list(paging: Input<ManagerApi['listJoinCodes']>) {
    const { rows, total } = await database.stores.joinCodes.list(paging)
    return { join_codes: rows.map((row) => toJoinCode(row, now())), total, ...paging }
  }

  return { create, revoke, list }
}

const toJoinCode = (record: JoinCodeRecord, at: Date): JoinCode => ({
  ...record,
  state: stateOf(record, at),
})

function stateOf({ revoked_at, uses_left, expires_at }: JoinCodeRecord, at: Date): JoinCodeState {
  if (revoked_at !== null) return 'revoked'
  if (uses_left === 0) return 'used_up'
  return expires_at <= at.toISOString() ? 'expired' : 'active'
}
