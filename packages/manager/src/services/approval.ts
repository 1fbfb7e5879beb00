import type { Input } from '@linux-patch/shared/contract'
import type { PkiBundle } from '@linux-patch/shared/enrollment'
import { Failure } from '@linux-patch/shared/failure'
import type { Host } from '@linux-patch/shared/host'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import { newId } from '../db/id.ts'
import type { Stores } from '../db/open.ts'
import type { PendingEnrollment } from '../db/enrollments.ts'
import type { HostRecord } from '../db/hosts.ts'
import { readRequest } from '../pki/request.ts'
import { entryFor } from './audit.ts'
import { personOf, type ManagerCall } from './caller.ts'
import type { EnrollmentDeps } from './enrollment.ts'

type Approving = Input<ManagerApi['approveEnrollment']>

/** What the certificate will say, as the approver confirmed it. */
type Names = { dns_names: string[]; ip_addresses: string[] }

const HOUR = 3_600_000

/**
 * Takes a host in: one transaction settles who it is among the hosts we know, signs its key, and decides the
 * request. Of two who approve at once, one is told that it was decided already.
 */
export function approval(deps: EnrollmentDeps) {
  const { database, authority, lists, introduce, limits, live, view, onApproved, now } = deps

  const sign = async (hostId: string, names: Names, row: PendingEnrollment) => {
    const { publicKey } = await readRequest(row.csr_pem ?? '')
    // By the root that the host was told to trust, whose fingerprint it was given.
    return authority.issue('agent', { id: hostId, ...names }, publicKey, 'current')
  }

  return async function approve(input: Approving, call: ManagerCall): Promise<Host> {
    const { user } = personOf(call)
    const at = now()
    const crl_pem = (await lists.pems()).join('')
    const host = await database.transaction(async (stores) => {
      const row = await openRequest(stores, input, at)
      const names: Names = { dns_names: input.dns_names, ip_addresses: input.ip_addresses }
      const hostId = await settle(stores, input, row, names, at)
      const certificate = await sign(hostId, names, row)
      await stores.certificates.add({
        ...certificate,
        id: newId(),
        host_id: hostId,
        kind: 'agent',
        created_at: at.toISOString(),
        issued_by: user.id,
      })

      const bundle: PkiBundle = {
        status: 'approved',
        host_id: hostId,
        ca_crt: authority.roots().join('\n'),
        crl_pem,
        server_crt: certificate.cert_pem,
        manager: await introduce(names.ip_addresses[0] ?? row.ip_address),
      }
      await stores.enrollments.decide(row.id, {
        to: 'approved',
        by: user.id,
        at: at.toISOString(),
        reason: '',
        bundle: JSON.stringify(bundle),
        bundle_expires_at: new Date(at.getTime() + limits.lifetime_hours * HOUR).toISOString(),
      })
      const details = { enrollment_id: row.id, key_fingerprint: row.key_fingerprint, ...names }
      const what = { action: 'enrollment_approve', target_type: 'host', target_id: hostId, details }
      await stores.audit.append(entryFor(call, at, what))
      return stores.hosts.get(hostId)
    })
    live.changed('enrollments')
    live.changed('hosts')
    onApproved()
    return view.toHost(host)
  }
}

/** The request, if it can still be decided and is for the key that the approver compared. */
async function openRequest(
  stores: Stores,
  { id, key_fingerprint }: Approving,
  at: Date,
): Promise<PendingEnrollment> {
  const row = await stores.enrollments.get(id)
  const { status, os_details, expires_at } = row
  if (os_details === null || status !== 'pending' || expires_at <= at.toISOString())
    throw new Failure(
      'conflict',
      `This request was ${status === 'pending' ? 'left to expire' : status}.`,
    )
  if (row.key_fingerprint === key_fingerprint) return { ...row, os_details }
  throw new Failure(
    'conflict',
    'This request is for another key than the one that you compared. Do not approve it before you know why.',
  )
}

/** Decides which host the request becomes: a new one, or one that we know already. */
async function settle(
  stores: Stores,
  { on_conflict, display_name }: Approving,
  row: PendingEnrollment,
  { dns_names, ip_addresses }: Names,
  at: Date,
): Promise<string> {
  const facts = {
    machine_id: row.machine_id,
    fqdn: dns_names[0] ?? row.fqdn,
    ip_address: ip_addresses[0] ?? row.ip_address,
    agent_port: row.agent_port,
    agent_version: row.agent_version,
    os: row.os_details,
    key_fingerprint: row.key_fingerprint,
  }
  const alike = await stores.hosts.findAlike(facts)
  const [known] = alike
  if (known && !on_conflict) throw conflictWith(known)
  if (known && on_conflict === 'merge') {
    if (alike.length > 1) throw severalHosts(alike)
    await stores.certificates.supersede(known.id, at.toISOString())
    await stores.hosts.update(known.id, {
      ...facts,
      status: 'pending',
      ...(display_name && { display_name }),
    })
    return known.id
  }
  for (const host of alike) {
    await stores.certificates.supersede(host.id, at.toISOString())
    await stores.hosts.retire(host.id, 'Replaced by another machine.', at.toISOString())
  }
  const id = newId()
  await stores.hosts.add({ ...facts, id, display_name, registered_at: at.toISOString() })
  return id
}

const conflictWith = (host: HostRecord) =>
  new Failure(
    'conflict',
    `${host.name} is managed already: say whether this is the same machine (merge) or another (replace).`,
    { details: { conflict: { host: { id: host.id, name: host.name } } } },
  )

const severalHosts = (hosts: HostRecord[]) =>
  new Failure(
    'conflict',
    `It is like several hosts: ${hosts.map(({ name }) => name).join(', ')}. Confirm names and addresses of its own.`,
    { details: { conflict: { hosts: hosts.map(({ id }) => id) } } },
  )
