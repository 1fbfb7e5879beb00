import type { AuditOutcome } from '@linux-patch/shared/audit'
import type { Call } from '@linux-patch/shared/contract'
import type { AuditEntry } from '../../db/audit/audit.ts'
import type { Stores } from '../../db/open.ts'
import type { ManagerCall } from '../caller.ts'
import type { HostCaller } from '../enrollment/host-callers.ts'

type What = {
  action: string
  target_type: string
  target_id: string | null
  details?: Record<string, unknown>
  outcome?: AuditOutcome
}

/** An audit entry about what a call did. It is written in the transaction that does it. */
export const entryFor = (
  call: Pick<ManagerCall, 'caller' | 'peer' | 'request_id'>,
  now: Date,
  what: What,
): AuditEntry => ({
  actor_type: call.caller ? 'user' : 'anonymous',
  actor_id: call.caller?.user.id ?? null,
  actor_name: call.caller?.user.username ?? 'anonymous',
  ip: call.peer,
  request_id: call.request_id,
  at: now.toISOString(),
  outcome: 'success',
  ...what,
  details: { ...what.details, ...(call.caller?.token_id && { token_id: call.caller.token_id }) },
})

/** Keeps what calls do to things of one kind. */
export const recording =
  (target_type: string, now: () => Date) =>
  (
    { audit }: Stores,
    call: ManagerCall,
    { id, ...what }: Pick<What, 'action' | 'details'> & { id: string },
  ) =>
    audit.append(entryFor(call, now(), { ...what, target_type, target_id: id }))

/** An audit entry about what a host did by itself, which its certificate told. */
export const entryByHost = (
  { caller, ...call }: Call<HostCaller>,
  now: Date,
  what: What,
): AuditEntry => ({
  ...entryFor({ ...call, caller: null }, now, what),
  actor_type: 'host',
  actor_id: caller.host_id,
  actor_name: caller.name,
})

/** An audit entry about what a provider of single sign-on told of, which its key has signed. */
export const entryByProvider = (
  issuer: string,
  call: ManagerCall,
  now: Date,
  what: What,
): AuditEntry => ({
  ...entryFor({ ...call, caller: null }, now, what),
  actor_type: 'provider',
  actor_name: issuer,
})

/** An audit entry about what the manager did by itself. */
export const entryBySystem = (now: Date, what: What): AuditEntry => ({
  actor_type: 'system',
  actor_id: null,
  actor_name: 'system',
  ip: null,
  request_id: null,
  at: now.toISOString(),
  outcome: 'success',
  ...what,
  details: what.details ?? {},
})
