import { randomBytes } from 'node:crypto'

/** 20 random bytes; the first bits make it positive and no shorter. */
export function newSerial(): string {
  const bytes = randomBytes(20)
  bytes[0] = (bytes.readUInt8(0) & 0x7f) | 0x40
  return bytes.toString('hex')
}
