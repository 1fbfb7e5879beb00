import { createPrivateKey, X509Certificate } from 'node:crypto'
import { Failure } from '@linux-patch/shared/failure'
import type { Places } from '../config-places.ts'
import { fingerprint, uris } from '../pki/peer.ts'
import { isVouchedFor, rootsIn } from '../pki/roots.ts'
import { takeLock } from '../store/lock.ts'
import { certificates, type Own } from './certificates.ts'
import { enrolledManager } from './enrolled-manager.ts'
import { renewalState } from './renewal-state.ts'
import { takeTrust } from './trust.ts'

type Deps = { places: Places; now: () => Date; say: (line: string) => void }

/**
 * Gets this host another certificate, with another key. It may be killed at any moment and done again: the host has a
 * pair that works, or `finish` of the renewal's state makes it one.
 */
export async function renew({ places, now, say }: Deps): Promise<X509Certificate> {
  // An agent that was restarted may have left one that is under way.
  using lock = takeLock(places.renewalLock)
  if (!lock) throw new Failure('unavailable', 'Another renewal of this host is under way.')
  const state = renewalState(places)
  await state.finish()
  const own = readOwn(places)
  const key = await state.key()
  const { server_crt, roots } = await ask(places, own, key).catch(async (error: unknown) => {
    // It has been in a certificate: an earlier renewal came further than it could remember.
    if (error instanceof Failure && error.code === 'conflict') await state.forget()
    throw error
  })
  await takeTrust({ roots, revocation_lists: [] }, { places, own, now })
  const certificate = `${server_crt.trimEnd()}\n`
  checkRenewed({ certificate, key, roots, own }, now())
  await state.keep({ certificate, key, replaces: fingerprint(own.certificate) })
  await state.finish()
  await confirm(places, say)
  return readOwn(places).certificate
}

async function ask(places: Places, own: Own, key: string) {
  const manager = enrolledManager(places, own)
  // Slow to load, and needed only here.
  const { certificateRequest } = await import('../pki/x509.ts')
  const csr_pem = await certificateRequest(key, uris(own.certificate)[0] ?? '')
  return manager.renewCertificate({ csr_pem })
}

/** Uses the new certificate once, which ends the old one; otherwise the next word with the manager does. */
async function confirm(places: Places, say: Deps['say']) {
  try {
    await enrolledManager(places, readOwn(places)).getTrust()
  } catch (error) {
    say(`The manager has not seen the new certificate yet: ${(error as Error).message}`)
  }
}

type Renewed = { certificate: string; key: string; roots: string[]; own: Own }

function checkRenewed({ certificate, key, roots, own }: Renewed, now: Date) {
  const renewed = read(certificate)
  if (!isVouchedFor(renewed, roots.flatMap(rootsIn)))
    throw wrong('it was not signed by our authority')
  if (!renewed.checkPrivateKey(createPrivateKey(key))) throw wrong('it is for another key')
  if (uris(renewed).join() !== uris(own.certificate).join()) throw wrong('it names another host')
  if (renewed.validToDate <= now) throw wrong('it has expired already')
}

function read(pem: string) {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw wrong('it cannot be read', cause)
  }
}

function readOwn(places: Places): Own {
  const current = certificates(places)
  current.reload()
  const own = current.own()
  if (own) return own
  throw new Failure('CONFIG_INVALID', current.problem() ?? 'This host is not enrolled.')
}

const wrong = (why: string, cause?: unknown) =>
  new Failure('invalid_request', `The renewed certificate was not taken: ${why}.`, { cause })
