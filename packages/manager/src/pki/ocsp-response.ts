import { createHash, sign, type KeyObject } from 'node:crypto'
import type { RevocationReason } from '@linux-patch/shared/certificate'
import { reasonNumber } from './crl.ts'
import { bits, der, enumerated, generalizedTime, octets, oid, sequence, tagged } from './der.ts'

export type Status =
  | { state: 'good' | 'unknown' }
  | { state: 'revoked'; revoked_at: string; reason: RevocationReason }
export type Said = { id: Buffer; status: Status }
/** Who answers: its key, the bits of its public key, and its certificate in DER. */
export type Responder = { key: KeyObject; key_bits: Uint8Array; certificate: Uint8Array }
type Answering = { said: Said[]; nonce: Buffer | null; at: Date; good_until: Date }

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))
const basic = oid('1.3.6.1.5.5.7.48.1.1')
const nonceId = oid('1.3.6.1.5.5.7.48.1.2')

/** Why there is no answer, by its number in RFC 6960. */
const refusals = { malformedRequest: 1, internalError: 2, unauthorized: 6 }

export const refusal = (why: keyof typeof refusals): Buffer => sequence(enumerated(refusals[why]))

/** The signed answer about each of the certificates, in DER. */
export function statusResponse(
  { said, nonce, at, good_until }: Answering,
  { key, key_bits, certificate }: Responder,
): Buffer {
  const data = sequence(
    tagged(2, octets(createHash('sha1').update(key_bits).digest())),
    generalizedTime(at),
    sequence(
      ...said.map(({ id, status }) =>
        sequence(id, word(status), generalizedTime(at), tagged(0, generalizedTime(good_until))),
      ),
    ),
    ...(nonce ? [tagged(1, sequence(sequence(nonceId, octets(nonce))))] : []),
  )
  const signature = bits(sign('sha256', data, key))
  const response = sequence(data, ecdsaWithSha256, signature, tagged(0, sequence(certificate)))
  return sequence(enumerated(0), tagged(0, sequence(basic, octets(response))))
}

function word(status: Status): Buffer {
  if (status.state !== 'revoked') return der(status.state === 'good' ? 0x80 : 0x82)
  const since = generalizedTime(new Date(status.revoked_at))
  const number = reasonNumber(status.reason)
  return tagged(1, since, ...(number === 0 ? [] : [tagged(0, enumerated(number))]))
}
