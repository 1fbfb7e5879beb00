import { SocketAddress } from 'node:net'
import type { EnrollmentRequest } from '@linux-patch/shared/enrollment'
import { Failure } from '@linux-patch/shared/failure'
import type { JoinCodeRecord } from '../../db/enrollment/join-codes.ts'
import type { Stores } from '../../db/open.ts'
import type { OwnNames } from '../certificates/own-names.ts'
import { hashOf } from '../secret-hash.ts'

/** A request that was read: whose key it is, and where it came from. */
export type Asking = {
  input: EnrollmentRequest
  /** Null where it sent no key, and one is to be made here. */
  key_fingerprint: string | null
  crl_pem: string
  peer: string
}

/**
 * The code that a request brought, with one use of it counted. A host that asks again with the same key and code has
 * lost its answer: it is counted once. Throws where the code opens nothing, and never says why.
 */
export async function useJoinCode(
  stores: Stores,
  { input: { join_code, machine_id }, key_fingerprint }: Asking,
  now: string,
): Promise<JoinCodeRecord | null> {
  if (join_code === undefined) return null
  const hash = hashOf(join_code)
  const known = await stores.joinCodes.find(hash)
  const isOpen = known && known.revoked_at === null && known.expires_at > now
  if (isOpen && key_fingerprint !== null) {
    const brought = { machine_id, key_fingerprint, join_code_id: known.id }
    if (await stores.enrollments.findBrought(brought, now)) return known
  }
  const used = await stores.joinCodes.use(hash, now)
  if (used) return used
  throw new Failure(
    'enrollment_denied',
    'This join code is not known, has expired, was revoked, or was used as often as it may be.',
    { details: { reason: 'join_code' } },
  )
}

/**
 * What speaks against taking a host in without a person. Of what it says, two things are believed: its name, where
 * nobody else has it, and its address, where the request itself came from there.
 */
export async function whyWait(
  stores: Stores,
  { input: { machine_id, fqdn, ip_address }, key_fingerprint, peer }: Asking,
  own: OwnNames,
): Promise<string | null> {
  if (key_fingerprint === null)
    return 'It sent no certificate request, so its key must be made here.'
  if (canonical(ip_address) !== canonical(peer))
    return `It says that it is at ${ip_address}, and asked from ${peer}.`
  const name = fqdn.toLowerCase()
  if (own.dns_names.some((one) => one.toLowerCase() === name)) return managersOwn(fqdn)
  if (own.ip_addresses.map(canonical).includes(canonical(peer))) return managersOwn(peer)
  const [alike] = await stores.hosts.findAlike({ machine_id, fqdn, ip_address })
  if (alike) return `${alike.name} has its machine id, its name or its address.`
  const [named] = await stores.namedHosts({ dns_names: [fqdn], ip_addresses: [ip_address] })
  return named === undefined ? null : `The certificate of ${named} bears its name or its address.`
}

const managersOwn = (name: string) => `${name} is the manager's own.`

const canonical = (address: string) =>
  new SocketAddress({ address, family: address.includes(':') ? 'ipv6' : 'ipv4' }).address
