import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { PkiBundle } from '@linux-patch/shared/enrollment'
import { Failure } from '@linux-patch/shared/failure'
import { writeAtomic, writeTogether } from '../files/atomic-file.ts'
import { managerPlaceText } from '../config-manager.ts'
import type { Places } from '../config-places.ts'
import { withEntries } from '../config-whitelist.ts'
import { fingerprint, uris } from '../pki/peer.ts'
import { takeLock } from '../store/lock.ts'
import { renewalState } from './renewal-state.ts'

type Received = { bundle: PkiBundle; key: string; ca_fingerprint: string; manager: URL }

/** How long a renewal that is under way is waited for. */
const PATIENCE_MS = 150_000

/** Refuses certificates that are not for this host, its key and the manager that was asked. */
export function checkBundle({ bundle, key, ca_fingerprint }: Received, now: Date) {
  const ca = readCertificate(bundle.ca_crt)
  const own = readCertificate(bundle.server_crt)
  if (`sha256:${fingerprint(ca)}` !== ca_fingerprint)
    throw wrong('its authority is not the one with the fingerprint that was given')
  if (!own.checkIssued(ca) || !own.verify(ca.publicKey))
    throw wrong('it was not signed by that authority')
  if (!own.checkPrivateKey(createPrivateKey(key))) throw wrong('it is for another key')
  if (uris(own).join() !== `urn:lpm:host:${bundle.host_id}`) throw wrong('it names another host')
  if (own.validToDate <= now) throw wrong('it has expired already')
  // They go into the whitelist: a network or a name would let in more than the manager.
  const strange = bundle.manager.addresses.find((address) => isIP(address) === 0)
  if (strange !== undefined)
    throw wrong(`its manager calls from ${strange}, which is no IP address`)
}

/**
 * Puts everything in its place. It may be cut off between any two steps and done again: each file is replaced as a
 * whole, and the agent takes none of them before they belong together.
 */
export async function install({ bundle, key, manager }: Received, places: Places) {
  await mkdir(places.certificates, { recursive: true })
  await mkdir(places.state, { recursive: true, mode: 0o700 })
  using lock = takeLock(places.renewalLock, PATIENCE_MS)
  if (!lock) throw new Failure('unavailable', 'A renewal of this host does not end.')
  const before = await readFile(places.whitelist, 'utf8').catch(orNothing)
  const whitelist = withEntries(places.whitelist, before, bundle.manager.addresses)
  // First, so that the manager is heard from the moment that the agent listens.
  if (whitelist !== before) await writeAtomic(places.whitelist, whitelist, 0o644)
  await writeAtomic(places.manager, managerPlaceText(placeOf(manager, bundle)), 0o644)
  // What an unfinished renewal has left belongs to the certificate that goes.
  await renewalState(places).forget()
  await writeAtomic(places.authority, inLines(bundle.ca_crt), 0o644)
  if (bundle.crl_pem) await writeAtomic(places.revocations, inLines(bundle.crl_pem), 0o644)
  else await rm(places.revocations, { force: true })
  await writeTogether([
    { file: places.key, text: key, mode: 0o600 },
    { file: places.certificate, text: inLines(bundle.server_crt), mode: 0o644 },
  ])
}

const placeOf = (manager: URL, { manager: { identity, agent_port } }: PkiBundle) => ({
  url: `https://${manager.hostname}:${agent_port}`,
  identity,
})

/** Two certificates in one file must not run into each other. */
const inLines = (pem: string) => `${pem.trimEnd()}\n`

function readCertificate(pem: string) {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw wrong('it cannot be read', cause)
  }
}

function orNothing(error: NodeJS.ErrnoException) {
  if (error.code === 'ENOENT') return ''
  throw error
}

const wrong = (why: string, cause?: unknown) =>
  new Failure('invalid_request', `The certificate that the manager sent was not taken: ${why}.`, {
    cause,
  })
