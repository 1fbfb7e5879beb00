import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { Failure } from '@linux-patch/shared/failure'
import type { Places } from '../config-places.ts'
import { isVouchedFor, rootsIn } from '../pki/roots.ts'

/** What the agent proves itself with, and the authority whose callers it takes. */
export type Material = { ca: string; cert: string; key: string }
export type Own = Material & { certificate: X509Certificate }
type Files = Pick<Places, 'authority' | 'certificate' | 'key'>
export type Certificates = ReturnType<typeof certificates>

/** The agent's certificates, read again when they change. Files that do not fit leave the last good ones in use. */
export function certificates(files: Files) {
  let own: Own | null = null
  let problem: string | null = null

  return {
    own: () => own,
    problem: () => problem,

    /** `authority` where the authority changed: what it vouched for before is no longer vouched for. */
    reload(): 'same' | 'certificate' | 'authority' {
      try {
        const before = own
        const now = readMaterial(files)
        problem = null
        if (before && same(before, now)) return 'same'
        own = now
        return before?.ca === now.ca ? 'certificate' : 'authority'
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error)
        return 'same'
      }
    },
  }
}

export const isEnrolled = (files: Files) =>
  [files.authority, files.certificate, files.key].every((file) => existsSync(file))

const same = (one: Material, other: Material) =>
  one.ca === other.ca && one.cert === other.cert && one.key === other.key

function readMaterial({ authority, certificate, key }: Files): Own {
  const missing = [authority, certificate, key].filter((file) => !existsSync(file))
  if (missing.length > 0) throw invalid(`Not there: ${missing.join(', ')}.`)
  const material = {
    ca: readFileSync(authority, 'utf8'),
    cert: readFileSync(certificate, 'utf8'),
    key: readFileSync(key, 'utf8'),
  }
  const leaf = new X509Certificate(material.cert)
  // The three files are replaced one by one: in between they do not belong together.
  if (!leaf.checkPrivateKey(createPrivateKey(material.key)))
    throw invalid(`${certificate} is not for the key in ${key}.`)
  if (!isVouchedFor(leaf, rootsIn(material.ca)))
    throw invalid(`${certificate} was not signed by ${authority}.`)
  checkForTls(material, certificate)
  return { ...material, certificate: leaf }
}

/** A file may hold more than its first certificate, and TLS reads it all. */
function checkForTls(material: Material, file: string) {
  try {
    createSecureContext(material)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Failure('CONFIG_INVALID', `TLS cannot use ${file}: ${why}.`, { cause })
  }
}

const invalid = (message: string) => new Failure('CONFIG_INVALID', message)
