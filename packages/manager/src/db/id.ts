import { randomBytes } from 'node:crypto'

let last = { time: 0, count: 0 }

/**
 * A UUID of version 7: its first half is the time, so that ids sort by age. Those made here within one
 * millisecond are counted, so that they sort too. (Node 24 has no randomUUIDv7.)
 */
export function newId(now = Date.now()): string {
  const { time, count } =
    now > last.time ? { time: now, count: 0 } : { ...last, count: last.count + 1 }
  last = count > 0xfff ? { time: time + 1, count: 0 } : { time, count }

  const bytes = randomBytes(16)
  bytes.writeUIntBE(last.time, 0, 6)
  bytes.writeUInt16BE(0x7000 | last.count, 6)
  bytes[8] = 0x80 | (bytes.readUInt8(8) & 0x3f)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
