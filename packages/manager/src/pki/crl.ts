import { sign, type KeyObject } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { RevocationReason } from '@linux-patch/shared/certificate'
import { bits, der, enumerated, integer, octets, oid, sequence, tagged, time } from './der.ts'

export type Revoked = { serial: string; revoked_at: string; reason: RevocationReason }
export type List = { number: number; this_update: Date; next_update: Date; revoked: Revoked[] }
/** Who signs: its name in DER, and the id of its key. */
type ListSigner = { name: Uint8Array; key_id: Uint8Array; key: KeyObject }

/** So many entries are written before others have their turn. */
const AT_ONCE = 500

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))
const authorityKeyIdentifier = oid('2.5.29.35')
const crlNumber = oid('2.5.29.20')
const reasonCode = oid('2.5.29.21')

/** The numbers of RFC 5280, 5.3.1. */
const reasons: Record<RevocationReason, number> = {
  unspecified: 0,
  keyCompromise: 1,
  caCompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 9,
}

/** A revocation list (RFC 5280) in DER. */
export async function revocationList(
  { number, this_update, next_update, revoked }: List,
  { name, key_id, key }: ListSigner,
): Promise<Buffer> {
  const entries: Buffer[] = []
  for (const one of revoked) {
    entries.push(entry(one))
    if (entries.length % AT_ONCE === 0) await breathe()
  }
  const extensions = sequence(
    sequence(authorityKeyIdentifier, octets(sequence(der(0x80, key_id)))),
    sequence(crlNumber, octets(integer(number.toString(16)))),
  )
  const said = sequence(
    integer('1'), // Version 2.
    ecdsaWithSha256,
    name,
    time(this_update),
    time(next_update),
    // An empty list is left out.
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    tagged(0, extensions),
  )
  return sequence(said, ecdsaWithSha256, bits(sign('sha256', said, key)))
}

/** Whether a list, in DER, names a certificate. */
export const isOn = (list: Buffer, serial: string): boolean => list.includes(integer(serial))

export const reasonNumber = (reason: RevocationReason): number => reasons[reason]

/** A reason that says nothing in particular is left out. */
function entry({ serial, revoked_at, reason }: Revoked): Buffer {
  const parts = [integer(serial), time(new Date(revoked_at))]
  if (reason === 'unspecified') return sequence(...parts)
  return sequence(...parts, sequence(sequence(reasonCode, octets(enumerated(reasons[reason])))))
}
