import { verify, type X509Certificate } from 'node:crypto'
import { bytesOf, elementAt, elementsIn, hexOf, need, tags, timeOf, type Element } from './der.ts'

/** Which certificates of one root count no longer. */
export type RevocationList = {
  /** The fingerprint of the root that signed it. */
  root: string
  /** Goes up with every list of that root. */
  number: bigint
  next_update: Date
  /** Serial numbers in lower case. */
  serials: ReadonlySet<string>
}

const BLOCK = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/g
const ECDSA_WITH_SHA256 = '2a8648ce3d040302'
const CRL_NUMBER = '551d14'
const AUTHORITY_KEY = '551d23'

/** Every list in a file of PEM. Throws where one cannot be read, or none of these roots signed it. */
export function readRevocationLists(pem: string, roots: X509Certificate[]): RevocationList[] {
  const lists = [...pem.matchAll(BLOCK)].map(([, base64 = '']) =>
    readList(Buffer.from(base64, 'base64'), roots),
  )
  if (lists.length === 0) throw new Error('is no list of revoked certificates')
  return lists
}

function readList(der: Buffer, roots: X509Certificate[]): RevocationList {
  const { tbs, algorithm, signature } = partsOf(der)
  const signed = der.subarray(tbs.begin, tbs.end)
  const root =
    algorithm === ECDSA_WITH_SHA256
      ? roots.find(({ publicKey }) => verify('sha256', signed, publicKey, signature))
      : undefined
  if (!root) throw new Error('was not signed by our authority')
  return { root: root.fingerprint256, ...contentOf(der, tbs) }
}

/**
 *     CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }
 */
function partsOf(der: Buffer) {
  try {
    const whole = need(elementAt(der, 0), tags.sequence)
    const [tbs, algorithm, bits, ...more] = elementsIn(der, whole)
    if (whole.end !== der.length || more.length > 0) throw new Error('There is something after it.')
    const [name] = elementsIn(der, need(algorithm, tags.sequence))
    return {
      tbs: need(tbs, tags.sequence),
      algorithm: hexOf(der, need(name, tags.name)),
      signature: signatureOf(der, need(bits, tags.bits)),
    }
  } catch (cause) {
    throw new Error('is no list of revoked certificates', { cause })
  }
}

/** The first byte says how many bits of the last one are not used. */
function signatureOf(der: Buffer, bits: Element): Buffer {
  const [unused, ...signature] = bytesOf(der, bits)
  if (unused !== 0) throw new Error('A signature has whole bytes.')
  return Buffer.from(signature)
}

/**
 *     TBSCertList ::= SEQUENCE { version, signature, issuer, thisUpdate, nextUpdate,
 *       revokedCertificates SEQUENCE OF SEQUENCE { serial, date, … } OPTIONAL, [0] extensions }
 */
function contentOf(der: Buffer, tbs: Element): Omit<RevocationList, 'root'> {
  const [, , , , next, ...rest] = elementsIn(der, tbs)
  if (next?.tag !== tags.utcTime && next?.tag !== tags.generalizedTime)
    throw new Error('does not say until when it holds')
  const entries = rest.find(({ tag }) => tag === tags.sequence)
  const extensions = rest.find(({ tag }) => tag === tags.context0)
  return {
    next_update: timeOf(der, next),
    serials: new Set(entries ? serialsIn(der, entries) : []),
    number: numberIn(der, extensions),
  }
}

function* serialsIn(der: Buffer, entries: Element) {
  for (const entry of elementsIn(der, entries))
    yield hexOf(der, need(elementAt(der, entry.start, entry.end), tags.integer))
}

/** What has to be understood and is not, such as that only some certificates are meant, makes the list useless. */
function numberIn(der: Buffer, extensions: Element | undefined): bigint {
  let number: bigint | undefined
  const [all] = extensions ? elementsIn(der, extensions) : []
  for (const extension of all ? elementsIn(der, all) : []) {
    const [name, ...rest] = elementsIn(der, extension)
    const id = hexOf(der, need(name, tags.name))
    const value = need(rest.at(-1), tags.octets)
    if (id === CRL_NUMBER)
      number = BigInt(`0x${hexOf(der, need(elementAt(der, value.start, value.end), tags.integer))}`)
    else if (rest.length > 1 && id !== AUTHORITY_KEY)
      throw new Error('is of a kind that is unknown')
  }
  if (number === undefined) throw new Error('has no number')
  return number
}
