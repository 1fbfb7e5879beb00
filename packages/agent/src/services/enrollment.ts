import type { PkiBundle } from '@linux-patch/shared/enrollment'
import { Failure, type FailureCode } from '@linux-patch/shared/failure'
import type { Places } from '../config-places.ts'
import { version } from '../config.ts'
import { firstContact } from '../pki/first-contact.ts'
import { isEnrolled } from './certificates.ts'
import {
  enrollmentState,
  hashOfCode,
  keyFingerprint,
  type EnrollmentState,
  type Pending,
} from './enrollment-state.ts'
import { identify } from './identity.ts'
import { checkBundle, install } from './installation.ts'
import { managerAt } from './manager.ts'
import { poll } from './polling.ts'
import { normal } from './whitelist.ts'

export type Wanted = {
  manager: URL
  /** SHA-256 of the manager's root certificate, as a person took it from there. */
  ca_fingerprint: string
  /** Where the manager shall call; the address on the way to the manager where left out. */
  address?: string | undefined
  fqdn?: string | undefined
  agent_port: number
  /** A code that an administrator made, which may let the host in at once. */
  join_code?: string | undefined
  /** Whether to replace the certificates of a host that is enrolled already. */
  again: boolean
  interval_seconds: number
}
type Deps = { places: Places; say: (line: string) => void; now: () => Date; signal: AbortSignal }
type Work = Deps & { wanted: Wanted; state: EnrollmentState; key: string }

const LONGEST_MS = 24 * 3600_000

/**
 * Gives this host a place among those of a manager, or throws why not. It may be killed at any moment and run
 * again: what was asked is not asked twice, and what was given is not lost.
 */
export async function enroll(wanted: Wanted, deps: Deps): Promise<PkiBundle> {
  const state = enrollmentState(deps.places.enrollment)
  const before = await state.pending()
  if (!before && !wanted.again && isEnrolled(deps.places))
    throw new Failure('conflict', 'This host is enrolled already; --yes enrols it anew.')

  const work = { ...deps, wanted, state, key: await state.key() }
  deps.say(`Key fingerprint: ${keyFingerprint(work.key)}`)
  const pending = before && isFor(before, wanted) ? before : await ask(work)
  const bundle = await orForget(work, ['enrollment_denied', 'enrollment_expired'], () =>
    waitForDecision(work, pending),
  )
  const { manager, ca_fingerprint } = wanted
  const received = { bundle, key: work.key, ca_fingerprint, manager }
  await orForget(work, ['invalid_request'], async () => checkBundle(received, deps.now()))
  await install(received, deps.places)
  await state.finish()
  return bundle
}

const isFor = (before: Pending, { manager, ca_fingerprint, join_code }: Wanted) =>
  before.manager === manager.origin &&
  before.ca_fingerprint === ca_fingerprint &&
  (join_code === undefined || before.join_code_hash === hashOfCode(join_code))

async function ask({ wanted, state, key, say, now }: Work): Promise<Pending> {
  const { manager, ca_fingerprint, agent_port, join_code } = wanted
  const contact = await firstContact(manager, ca_fingerprint)
  await using connection = managerAt(manager, contact.root)
  const { machine_id, fqdn, os_details } = identify()
  // Slow to load, and a host that is enrolled never needs it.
  const { certificateRequest } = await import('../pki/x509.ts')
  const { polling_token, status, waits_because } = await connection.api.enroll({
    machine_id,
    fqdn: wanted.fqdn ?? fqdn,
    ip_address: wanted.address ?? normal(contact.local_address),
    agent_port,
    agent_version: version,
    os_details,
    csr_pem: await certificateRequest(key, wanted.fqdn ?? fqdn),
    ...(join_code !== undefined && { join_code }),
  })
  const pending = {
    manager: manager.origin,
    ca_fingerprint,
    polling_token,
    asked_at: now().toISOString(),
    join_code_hash: join_code === undefined ? null : hashOfCode(join_code),
    bundle: null,
  }
  await state.keep(pending)
  if (status === 'approved') say('The join code let this host in at once.')
  else if (waits_because !== null)
    say(`The join code does not let this host in at once: ${waits_because}`)
  return pending
}

async function waitForDecision(work: Work, pending: Pending): Promise<PkiBundle> {
  if (pending.bundle) return pending.bundle
  const { wanted, state, say, signal, now } = work
  const waits = `Waiting for somebody to compare that fingerprint and approve this host at ${pending.manager}.`
  const deps = { interval_seconds: wanted.interval_seconds, signal, say }
  const contact = await poll(() => firstContact(wanted.manager, wanted.ca_fingerprint), deps)
  await using connection = managerAt(wanted.manager, contact.root)
  let isTold = false
  const bundle = await poll(async () => {
    if (now().getTime() > Date.parse(pending.asked_at) + LONGEST_MS)
      throw new Failure('enrollment_expired', 'Nobody decided within 24 hours.')
    const answer = await connection.api.getEnrollmentStatus({ token: pending.polling_token })
    if (answer.status === 'approved') return answer
    if (!isTold) say(waits)
    isTold = true
    return undefined
  }, deps)
  await state.keep({ ...pending, bundle })
  return bundle
}

/** A decision against this host, or a certificate that is not for it, ends the request: the next run asks anew. */
async function orForget<Answer>(
  { state }: Work,
  endings: FailureCode[],
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Failure && endings.includes(error.code)) await state.forget()
    throw error
  }
}
