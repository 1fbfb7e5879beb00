import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import type { Recorded } from './tables.ts'
import type { Row } from '../schema.ts'

/** What the chain is made with. Neither key can be read from the database. */
type ChainKeys = {
  /** Base64, 32 bytes. */
  mac_key: string
  /** Ed25519, PEM. */
  signing_key: string
}

export type Chain = ReturnType<typeof chainOf>
export type AuditHead = Omit<Row<'audit_head'>, 'id'>
export type Checkpoint = Row<'audit_checkpoint'>
/** Where the chain ended at a time, signed, as it is kept outside the database. */
export type ChainNote = { seq: number; hash: string; at: string; signature: string }

export const newChainKeys = (): ChainKeys => ({
  mac_key: randomBytes(32).toString('base64'),
  signing_key: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
})

/** Links what is put on record: nobody without the keys can make a row, a head or a checkpoint that fits. */
export function chainOf({ mac_key, signing_key }: ChainKeys) {
  const key = createSecretKey(mac_key, 'base64')
  const privateKey = createPrivateKey(signing_key)
  const publicKey = createPublicKey(privateKey)
  const mac = (text: string) => createHmac('sha256', key).update(text).digest('hex')
  const signed = (text: string) => sign(null, Buffer.from(text), privateKey).toString('base64url')
  const isSigned = (text: string, signature: string) =>
    verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64url'))

  return {
    hashOf: (row: Linked) => mac(canonicalRow(row)),
    macOf: (head: Omit<AuditHead, 'mac'>) => mac(canonicalHead(head)),
    sign: (checkpoint: Omit<Checkpoint, 'signature'>): Checkpoint => ({
      ...checkpoint,
      signature: signed(canonicalCheckpoint(checkpoint)),
    }),
    isSigned: (checkpoint: Checkpoint) =>
      isSigned(canonicalCheckpoint(checkpoint), checkpoint.signature),
    signNote: (note: Omit<ChainNote, 'signature'>): ChainNote => ({
      ...note,
      signature: signed(canonicalNote(note)),
    }),
    isNoteSigned: (note: ChainNote) => isSigned(canonicalNote(note), note.signature),
    public_key_pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

type Linked = { seq: number; prev_hash: string } & Recorded

/**
 * What is hashed and signed: a byte that tells the version, what it is, and every field in one order as a JSON array. A
 * field cannot run over into the next one, and none of the kinds can pass for another.
 */
const canonical = (kind: string, ...fields: (string | number | null)[]) =>
  `\u0001${JSON.stringify([kind, ...fields])}`

export const canonicalRow = (row: Linked) =>
  canonical(
    'row',
    row.seq,
    row.prev_hash,
    row.id,
    row.at,
    row.actor_type,
    row.actor_id,
    row.actor_name,
    row.action,
    row.target_type,
    row.target_id,
    row.outcome,
    row.ip,
    row.request_id,
    row.details,
  )

const canonicalHead = ({ seq, hash, checkpoints, chained_to }: Omit<AuditHead, 'mac'>) =>
  canonical('head', seq, hash, checkpoints, chained_to)

const canonicalCheckpoint = (of: Omit<Checkpoint, 'signature'>) =>
  canonical('checkpoint', of.number, of.seq, of.hash, of.keeps_from, of.kept_after, of.at)

const canonicalNote = ({ seq, hash, at }: Omit<ChainNote, 'signature'>) =>
  canonical('note', seq, hash, at)
