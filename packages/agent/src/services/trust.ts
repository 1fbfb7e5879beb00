import type { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Trust } from '@linux-patch/shared/enrolled-api'
import { Failure } from '@linux-patch/shared/failure'
import type { Places } from '../config-places.ts'
import { writeAtomic } from '../files/atomic-file.ts'
import { orNull } from '../files/missing.ts'
import { readRevocationLists } from '../pki/crl.ts'
import { isVouchedFor, rootsIn } from '../pki/roots.ts'
import type { Own } from './certificates.ts'
import { enrolledManager } from './enrolled-manager.ts'

type Deps = { places: Places; own: Own; now: () => Date; signal?: AbortSignal | undefined }
type Offered = Pick<Trust, 'roots' | 'revocation_lists'>

/**
 * Puts the roots and revocation lists that the manager names in their place, and answers whether any is new. They
 * were read over a connection that a root vouched for which is trusted already.
 */
export async function takeTrust(offered: Offered, deps: Deps): Promise<boolean> {
  const ca = checkRoots(offered.roots, deps)
  const isNew = ca !== deps.own.ca
  if (isNew) {
    await tryOut(ca, deps)
    await writeAtomic(deps.places.authority, ca, 0o644)
  }
  return (await takeLists(offered.revocation_lists, rootsIn(ca), deps)) || isNew
}

/** With roots that do not vouch for the manager itself, the host could never ask it for others. */
async function tryOut(ca: string, { places, own, signal }: Deps) {
  try {
    await enrolledManager(places, { ...own, ca }).getTrust({}, signal && { signal })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw refused(`the roots that it names could not be tried out on it (${why})`, cause)
  }
}

/** Throws where the host would no longer be vouched for itself, or one of them is no root. */
function checkRoots(offered: string[], { own, now }: Deps): string {
  const roots = reading('A root', () => offered.flatMap(rootsIn))
  for (const root of roots)
    if (!isRoot(root, now())) throw refused('a root that it names is none, or has expired')
  if (!isVouchedFor(own.certificate, roots))
    throw refused("the roots that it names do not vouch for this host's own certificate")
  return roots.map((root) => root.toString()).join('')
}

const isRoot = (root: X509Certificate, now: Date) =>
  root.ca && root.validToDate > now && root.checkIssued(root) && root.verify(root.publicKey)

/** A list never goes back to an earlier one; a root of which none is named keeps the one that it has. */
async function takeLists(offered: string[], roots: X509Certificate[], { places }: Deps) {
  if (offered.length === 0) return false
  const text = offered.map((list) => `${list.trimEnd()}\n`).join('')
  const lists = reading('A list of revoked certificates', () => readRevocationLists(text, roots))
  const before = (await orNull(readFile(places.revocations, 'utf8'))) ?? ''
  if (before === text) return false
  for (const known of stillGood(before, roots)) {
    const next = lists.find(({ root }) => root === known.root)
    if (!next || next.number < known.number)
      throw refused('it names an older list of revoked certificates than the one that is here')
  }
  await writeAtomic(places.revocations, text, 0o644)
  return true
}

/** What lies there may be broken, or of a root that has gone: then anything is better. */
function stillGood(text: string, roots: X509Certificate[]) {
  try {
    return readRevocationLists(text, roots)
  } catch {
    return []
  }
}

function reading<Answer>(what: string, read: () => Answer): Answer {
  try {
    return read()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw refused(`${what} that it names ${why}`, cause)
  }
}

const refused = (why: string, cause?: unknown) =>
  new Failure('invalid_request', `What the manager said of whom to trust was not taken: ${why}.`, {
    cause,
  })
