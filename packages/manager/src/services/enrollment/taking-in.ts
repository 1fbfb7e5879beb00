import type { PkiBundle } from '@linux-patch/shared/enrollment'
import { Failure } from '@linux-patch/shared/failure'
import { newId } from '../../db/id.ts'
import type { Stores } from '../../db/open.ts'
import type { EnrollmentRecord, PendingEnrollment } from '../../db/enrollment/enrollments.ts'
import type { HostRecord } from '../../db/hosts/hosts.ts'
import { fingerprintOf } from '../../pki/fingerprint.ts'
import { newKeyPair } from '../../pki/key-pair.ts'
import { readRequest } from '../../pki/request.ts'
import type { EnrollmentDeps } from './enrollment.ts'
import { holdKeys, sealedKeyName } from '../certificates/held-keys.ts'
import { revokeAllOf } from './leaving.ts'

/** What the certificate will say. */
export type Names = { dns_names: string[]; ip_addresses: string[] }

/** Who takes a host in, as what. */
export type Taking = Names & {
  display_name: string
  on_conflict?: 'merge' | 'replace' | undefined
  /** The lists of what is revoked, as the host gets them. */
  crl_pem: string
  /** The id of the user whose decision it is. */
  by: string
  at: Date
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** How long a key that was made here waits to be fetched. */
const KEY_MINUTES = 10

/**
 * Takes a host in, inside the transaction that decides: who it is among the hosts we know, its certificate, its
 * groups, and its bundle. Answers the host's id.
 */
export function takingIn({ authority, keys, introduce, limits, revocation }: EnrollmentDeps) {
  return async (stores: Stores, row: PendingEnrollment, taking: Taking): Promise<string> => {
    const { by, at } = taking
    // Before hosts, as everybody does who takes both.
    const group_ids = await holdGroupsFor(stores, row)
    const names: Names = { dns_names: taking.dns_names, ip_addresses: taking.ip_addresses }
    const { publicKey, key_pem } = await keyFor(row)
    const key_fingerprint = fingerprintOf(publicKey.rawData)
    await refuseRevoked(stores, key_fingerprint)
    const hostId = await settle(stores, { ...row, key_fingerprint }, { ...taking, revocation })
    // By the root that the host was told to trust, whose fingerprint it was given.
    const certificate = await authority.issue(
      'agent',
      { id: hostId, ...names },
      publicKey,
      'current',
    )
    await stores.certificates.add({
      ...certificate,
      id: newId(),
      host_id: hostId,
      kind: 'agent',
      created_at: at.toISOString(),
      issued_by: by,
    })
    await stores.groups.addHost(hostId, group_ids)

    const bundle: PkiBundle = {
      status: 'approved',
      host_id: hostId,
      ca_crt: authority.roots().join('\n'),
      crl_pem: taking.crl_pem,
      server_crt: certificate.cert_pem,
      manager: await introduce(names.ip_addresses[0] ?? row.ip_address),
    }
    if (key_pem !== null) await holdKeys(stores, keys)
    await stores.enrollments.decide(row.id, {
      to: 'approved',
      by,
      at: at.toISOString(),
      reason: '',
      bundle: JSON.stringify(bundle),
      bundle_expires_at: new Date(
        at.getTime() + (key_pem === null ? limits.lifetime_hours * HOUR : KEY_MINUTES * MINUTE),
      ).toISOString(),
      sealed_key: key_pem === null ? null : keys.seal(sealedKeyName(row.id), key_pem),
    })
    return hostId
  }
}

/** Who had a key stolen must not come back with it: the thief has it too. */
async function refuseRevoked({ certificates }: Stores, key_fingerprint: string) {
  if (await certificates.isKeyRevoked(key_fingerprint))
    throw new Failure(
      'conflict',
      'A certificate for this key was revoked: the host has to enrol with a new key.',
    )
}

/** The key that the host proved to have, or, where it sent none, one that is made now. */
async function keyFor({ csr_pem }: PendingEnrollment) {
  if (csr_pem === '') return newKeyPair()
  return { ...(await readRequest(csr_pem)), key_pem: null }
}

/** Where its join code puts it. */
async function holdGroupsFor(stores: Stores, { join_code_id }: EnrollmentRecord) {
  if (join_code_id === null) return []
  const { groups } = await stores.joinCodes.get(join_code_id)
  return stores.groups.holdKnown(groups.map(({ id }) => id))
}

/** Decides which host the request becomes: a new one, or one that we know already. */
async function settle(
  stores: Stores,
  row: PendingEnrollment,
  taking: Taking & Pick<EnrollmentDeps, 'revocation'>,
): Promise<string> {
  const { display_name, dns_names, ip_addresses, revocation, by } = taking
  const at = taking.at.toISOString()
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
  for (const { id } of alike) await stores.hostCertificates.hold(id)
  const [known] = alike
  const isAgain = alike.length === 1 && known?.id === hostBefore(row)
  const on_conflict = isAgain ? 'merge' : taking.on_conflict
  if (known && !on_conflict) throw conflictWith(known, isClone(known, facts))
  if (known && on_conflict === 'merge') {
    if (alike.length > 1) throw severalHosts(alike)
    // Nobody knows where a key is that was made here and did not arrive.
    if (isAgain)
      await revokeAllOf(revocation, stores, { host_id: known.id, reason: 'superseded', by, at })
    await stores.certificates.supersede(known.id, at)
    await stores.hosts.update(known.id, {
      ...facts,
      status: 'pending',
      ...(display_name && { display_name }),
    })
    return known.id
  }
  for (const host of alike) {
    const reason = 'cessationOfOperation'
    await revokeAllOf(revocation, stores, { host_id: host.id, reason, by, at })
    await stores.hosts.retire(host.id, 'Replaced by another machine.', at)
  }
  const id = newId()
  await stores.hosts.add({ ...facts, id, display_name, registered_at: at })
  return id
}

/** Approved again, it is the host that it was the first time. */
const hostBefore = ({ bundle }: EnrollmentRecord): string | undefined =>
  bundle === null ? undefined : (JSON.parse(bundle) as PkiBundle).host_id

/** The machine id of a host, but neither its name nor its address. */
const isClone = (
  known: HostRecord,
  facts: Pick<HostRecord, 'machine_id' | 'fqdn' | 'ip_address'>,
) =>
  known.machine_id === facts.machine_id &&
  known.fqdn.toLowerCase() !== facts.fqdn.toLowerCase() &&
  known.ip_address !== facts.ip_address

export const cloneOf = ({ name }: HostRecord) =>
  `It has the machine id of ${name}, and another name and address. If it was cloned from that, give it a machine id of its own ` +
  '(rm /etc/machine-id; systemd-machine-id-setup) and enrol it again.'

const conflictWith = (host: HostRecord, clone: boolean) =>
  new Failure(
    'conflict',
    `${host.name} is managed already: say whether this is the same machine (merge) or another (replace).` +
      (clone ? ` ${cloneOf(host)}` : ''),
    { details: { conflict: { host: { id: host.id, name: host.name } } } },
  )

const severalHosts = (hosts: HostRecord[]) =>
  new Failure(
    'conflict',
    `It is like several hosts: ${hosts.map(({ name }) => name).join(', ')}. Confirm names and addresses of its own.`,
    { details: { conflict: { hosts: hosts.map(({ id }) => id) } } },
  )
