/**
 * DER as it is written: type, length, value. For what has thousands of entries, where a tree of objects for
 * each of them takes seconds.
 */
export const der = (type: number, ...parts: Uint8Array[]): Buffer => {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([head(type, length), ...parts])
}

export const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts)
export const octets = (...parts: Uint8Array[]) => der(0x04, ...parts)
export const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes)
export const enumerated = (value: number) => der(0x0a, Buffer.from([value]))
/** A part that a number tells from the others: `[0]`, `[1]`… around it. */
export const tagged = (number: number, ...parts: Uint8Array[]) => der(0xa0 | number, ...parts)

/** Of bytes in hexadecimal, as serial numbers are kept: never negative, and no longer than it must be. */
export function integer(hex: string): Buffer {
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
  const first = bytes.findIndex((byte) => byte !== 0)
  const short = first === -1 ? Buffer.from([0]) : bytes.subarray(first)
  return short.readUInt8(0) & 0x80 ? der(0x02, Buffer.from([0]), short) : der(0x02, short)
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(inSevenBits)]))
}

/** To the second. Two digits for the year are the rule up to 2049. */
export function time(at: Date): Buffer {
  const text = at.toISOString().replace(/[-:T]|\.\d+/g, '')
  const isShort = at.getUTCFullYear() < 2050
  return isShort ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text))
}

export const generalizedTime = (at: Date) =>
  der(0x18, Buffer.from(at.toISOString().replace(/[-:T]|\.\d+/g, '')))

function head(type: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([type, length])
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff)
  return Buffer.from([type, 0x80 | bytes.length, ...bytes])
}

function inSevenBits(number: number): number[] {
  const digits = [number & 0x7f]
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}
