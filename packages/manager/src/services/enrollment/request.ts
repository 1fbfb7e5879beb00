import type { Answer, Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { JoinCodeRecord } from '../../db/enrollment/join-codes.ts'
import type { Stores } from '../../db/open.ts'
import type { EnrollmentRecord, PendingEnrollment } from '../../db/enrollment/enrollments.ts'
import { readRequest } from '../../pki/request.ts'
import { entryBySystem, entryFor } from '../audit/audit.ts'
import type { ManagerCall } from '../caller.ts'
import type { EnrollmentDeps } from './enrollment.ts'
import { useJoinCode, whyWait, type Asking } from './joining.ts'
import { randomLetters } from '../random-letters.ts'
import { hashOf } from '../secret-hash.ts'
import { takingIn, type Taking } from './taking-in.ts'

type Answered = Answer<ManagerApi['enroll']>

const HOUR = 3_600_000

/** Takes what a host sends to ask for a place: into the queue, or, with a code that says so, in at once. */
export function enrollmentRequest(deps: EnrollmentDeps) {
  const { database, lists, limits, live, onApproved, now } = deps
  const takeIn = takingIn(deps)

  async function accept(stores: Stores, asking: Asking, call: ManagerCall): Promise<Answered> {
    const at = now()
    const { key_fingerprint } = asking
    const polling_token = randomLetters(64)
    const expires_at = new Date(at.getTime() + limits.lifetime_hours * HOUR).toISOString()
    const answered = { polling_token, key_fingerprint, expires_at, waits_because: null }
    if (await takeUpAgain(stores, asking, { token_hash: hashOf(polling_token), at }))
      return { ...answered, status: 'approved' }

    const code = await useJoinCode(stores, asking, at.toISOString())
    if (!code) await refuseTooMany(stores, call.peer, at.toISOString())
    const before = await stores.enrollments.findPending(asking.input.machine_id, at.toISOString())
    const waits_because = code?.auto_approve ? await whyWait(stores, asking, deps.own_names) : null
    const { join_code: _secret, csr_pem = '', ...request } = asking.input
    const added = await stores.enrollments.add({
      ...request,
      csr_pem,
      source_ip: asking.peer,
      key_fingerprint: key_fingerprint ?? '',
      token_hash: hashOf(polling_token),
      created_at: at.toISOString(),
      expires_at,
      join_code_id: code?.id ?? null,
      waits_because,
      warning: before ? warningOf(before, asking) : null,
    })
    const details = { fqdn: request.fqdn, key_fingerprint, join_code_id: code?.id, waits_because }
    const what = { action: 'enrollment_request', target_type: 'enrollment', target_id: added.id }
    await stores.audit.append(entryFor(call, at, { ...what, details }))
    if (!code?.auto_approve || waits_because !== null)
      return { ...answered, status: 'pending', waits_because }
    await takeInByCode(stores, added, code, { crl_pem: asking.crl_pem, at })
    return { ...answered, status: 'approved' }
  }

  async function refuseTooMany({ enrollments }: Stores, peer: string, now: string) {
    if ((await enrollments.countPending(now)) >= limits.pending_max) throw tooManyWait()
    if ((await enrollments.countPending(now, peer)) < limits.pending_max_per_address) return
    throw tooManyWait(' from your address')
  }

  async function takeInByCode(
    stores: Stores,
    row: PendingEnrollment,
    code: JoinCodeRecord,
    { crl_pem, at }: Pick<Taking, 'crl_pem' | 'at'>,
  ) {
    const names = { dns_names: [row.fqdn], ip_addresses: [row.ip_address] }
    const by = code.created_by_id
    const target_id = await takeIn(stores, row, { ...names, display_name: '', crl_pem, by, at })
    const { id: enrollment_id, key_fingerprint, source_ip } = row
    const said = { join_code_id: code.id, join_code_by: code.created_by, source_ip }
    const details = { enrollment_id, key_fingerprint, ...said, ...names }
    const what = { action: 'enrollment_approve', target_type: 'host', target_id, details }
    await stores.audit.append(entryBySystem(at, what))
  }

  return async function enroll(
    input: Input<ManagerApi['enroll']>,
    call: ManagerCall,
  ): Promise<Answered> {
    const read = input.csr_pem === undefined ? null : await readRequest(input.csr_pem)
    const key_fingerprint = read?.key_fingerprint ?? null
    const crl_pem = (await lists.pems()).join('')
    const asking = { input, key_fingerprint, crl_pem, peer: call.peer }
    const answered = await database
      .transaction((stores) => accept(stores, asking, call))
      .catch((error: unknown) => recordRefusal(error, call))
    live.changed('enrollments')
    if (answered.status === 'approved') {
      live.changed('hosts')
      onApproved()
    }
    return answered
  }

  /** Whoever tries codes stands in the audit. */
  async function recordRefusal(error: unknown, call: ManagerCall): Promise<never> {
    if (error instanceof Failure && error.details.reason === 'join_code')
      await database.stores.audit.append(
        entryFor(call, now(), {
          action: 'join_code_refuse',
          target_type: 'join_code',
          target_id: null,
          outcome: 'refused',
        }),
      )
    throw error
  }
}

type Again = { token_hash: string; at: Date }

/** A host that a code took in, and that lost the answer, gets another token for the same certificate. */
async function takeUpAgain(
  stores: Stores,
  { input, key_fingerprint }: Asking,
  { token_hash, at }: Again,
): Promise<boolean> {
  if (input.join_code === undefined || key_fingerprint === null) return false
  const code = await stores.joinCodes.find(hashOf(input.join_code))
  if (!code) return false
  const brought = { machine_id: input.machine_id, key_fingerprint, join_code_id: code.id }
  const before = await stores.enrollments.findBrought(brought, at.toISOString())
  if (before?.status !== 'approved') return false
  await stores.enrollments.setToken(before.id, token_hash)
  return true
}

/** Two machines with one machine id take each other's place in the queue: whoever approves has to know. */
function warningOf(before: EnrollmentRecord, { input, key_fingerprint, peer }: Asking) {
  if (before.key_fingerprint === (key_fingerprint ?? '')) return before.warning
  if (before.fqdn === input.fqdn && before.source_ip === peer) return before.warning
  return (
    `${before.fqdn} asked from ${before.source_ip} with this machine id and another key, and lost its place to this one: ` +
    'one of them may be a clone of the other.'
  )
}

const tooManyWait = (where = '') =>
  new Failure('unavailable', `Too many hosts${where} wait for approval; try again later.`, {
    details: { retry_after_seconds: 600 },
  })
