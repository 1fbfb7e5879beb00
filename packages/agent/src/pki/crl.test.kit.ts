import { sign, type KeyObject } from 'node:crypto'

export type ListOf = {
  number?: number | undefined
  serials?: string[]
  this_update?: Date
  next_update: Date
  /** The entries of more extensions, in DER. */
  extensions?: Buffer[]
  algorithm?: Buffer
}

/** A value in DER. */
export function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size =
    length < 0x80 ? [length] : length < 0x10000 ? [0x82, length >> 8, length & 0xff] : null
  const header = size ?? [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...header]), content])
}

const hex = (digits: string) => Buffer.from(digits, 'hex')
const time = (at: Date) => {
  const digits = at.toISOString().replace(/[-:T]|\.\d+/g, '')
  return at.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits))
}
const ecdsaWithSha256 = der(0x30, der(0x06, hex('2a8648ce3d040302')))

export const extension = (id: string, value: Buffer, isCritical = false) =>
  der(0x30, der(0x06, hex(id)), ...(isCritical ? [der(0x01, hex('ff'))] : []), der(0x04, value))

/** A list of revoked certificates, right or wrong in whatever way is asked for. */
export function signedList(issuer: Buffer, key: KeyObject, list: ListOf): string {
  const { serials = [], next_update, algorithm = ecdsaWithSha256, extensions = [] } = list
  const from = time(list.this_update ?? new Date(next_update.getTime() - 24 * 3_600_000))
  const entry = (serial: string) => der(0x30, der(0x02, hex(serial)), from)
  const number = 'number' in list ? list.number : 1
  const numbers =
    number === undefined
      ? []
      : [extension('551d14', der(0x02, hex(number.toString(16).padStart(8, '0'))))]
  const tbs = der(
    0x30,
    der(0x02, hex('01')),
    algorithm,
    issuer,
    from,
    time(next_update),
    ...(serials.length > 0 ? [der(0x30, ...serials.map(entry))] : []),
    der(0xa0, der(0x30, ...numbers, ...extensions)),
  )
  const signature = der(0x03, hex('00'), sign('sha256', tbs, key))
  const text = der(0x30, tbs, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n')
  return `-----BEGIN X509 CRL-----\n${text.trimEnd()}\n-----END X509 CRL-----\n`
}
