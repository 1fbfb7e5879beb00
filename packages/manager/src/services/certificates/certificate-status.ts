import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import type { Database } from '../../db/open.ts'
import { newKeyPair } from '../../pki/key-pair.ts'
import {
  refusal,
  statusResponse,
  type Responder,
  type Said,
  type Status,
} from '../../pki/ocsp-response.ts'
import type { Question, StatusRequest } from '../../pki/ocsp-request.ts'
import type { HeldRoot } from './roots.ts'

type Deps = { database: Database; signers: () => HeldRoot[]; now: () => Date }
type Answerer = Responder & { until: number }

export type CertificateStatus = ReturnType<typeof certificateStatus>

const HOUR = 3_600_000
const DAY = 24 * HOUR
const GOOD_FOR = HOUR
const MOST_QUESTIONS = 100

/** Says whether certificates were revoked (OCSP, RFC 6960), each root's by a key that it delegated this to. */
export function certificateStatus({ database, signers, now }: Deps) {
  const answerers = new Map<string, Promise<Answerer>>()

  async function newAnswerer({ signer }: HeldRoot): Promise<Answerer> {
    const { key_pem, publicKey } = newKeyPair()
    const issued = await signer.issue('ocsp', {}, publicKey)
    await database.stores.certificates.add({
      ...issued,
      kind: 'ocsp',
      name: 'status',
      host_id: null,
      issued_by: null,
      created_at: now().toISOString(),
    })
    const certificate = new X509Certificate(issued.cert_pem).raw
    const key_bits = new Uint8Array(publicKey.rawData).subarray(-65)
    const until = Date.parse(issued.not_after) - 2 * DAY
    return { key: createPrivateKey(key_pem), key_bits, certificate, until }
  }

  /** Its key is never stored: each start makes its own. */
  async function answererOf(held: HeldRoot): Promise<Answerer> {
    const root = held.signer.fingerprint
    const known = answerers.get(root)
    if (known && (await known).until > now().getTime()) return known
    const made = newAnswerer(held)
    answerers.set(root, made)
    made.catch(() => answerers.delete(root))
    return made
  }

  async function statusOf({ serial }: Question, { signer, isFirst }: HeldRoot): Promise<Status> {
    const known = await database.stores.certificates.findBySerial(serial)
    const root = known?.root ?? (isFirst ? signer.fingerprint : '')
    if (!known || root !== signer.fingerprint) return { state: 'unknown' }
    const { revoked_at, revocation_reason: reason } = known
    return revoked_at && reason ? { state: 'revoked', revoked_at, reason } : { state: 'good' }
  }

  /** DER in, DER out: what cannot be answered is refused in the words of the protocol. */
  return async function answer(bytes: Buffer): Promise<Buffer> {
    const request = await read(bytes)
    if (!request || request.questions.length > MOST_QUESTIONS) return refusal('malformedRequest')
    const held = signers().find((one) => request.questions.some((asked) => isOf(asked, one)))
    if (!held) return refusal('unauthorized')

    const said: Said[] = []
    for (const asked of request.questions) {
      const status: Status = isOf(asked, held) ? await statusOf(asked, held) : { state: 'unknown' }
      said.push({ id: asked.id, status })
    }
    const at = now()
    const good_until = new Date(at.getTime() + GOOD_FOR)
    return statusResponse({ said, nonce: request.nonce, at, good_until }, await answererOf(held))
  }
}

/** Slow to load, and few ever ask. */
async function read(bytes: Buffer): Promise<StatusRequest | undefined> {
  const { readStatusRequest } = await import('../../pki/ocsp-request.ts')
  try {
    const request = readStatusRequest(bytes)
    return request.questions.length > 0 ? request : undefined
  } catch {
    return undefined // Whatever it is, it is no request.
  }
}

function isOf(asked: Question, { signer }: HeldRoot): boolean {
  if (asked.hash === '') return false
  const digest = (part: Uint8Array) => createHash(asked.hash).update(part).digest('hex')
  const { name, key } = signer.known_by
  return asked.issuer_name_hash === digest(name) && asked.issuer_key_hash === digest(key)
}
