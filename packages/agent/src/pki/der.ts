/** A value in DER: what kind it is, and where in the bytes its content is. */
export type Element = { tag: number; begin: number; start: number; end: number }

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  name: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  /** [0], explicit. */
  context0: 0xa0,
} as const

/** The value that begins at a place. Throws where it does not end before `limit`. */
export function elementAt(der: Buffer, begin: number, limit = der.length): Element {
  if (begin + 2 > limit) throw new Error('DER ends too early.')
  const first = der.readUInt8(begin + 1)
  const digits = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || digits > 4) throw new Error('A length in DER is wrong.')
  const start = begin + 2 + digits
  if (start > limit) throw new Error('DER ends too early.')
  const end = start + (digits === 0 ? first : der.readUIntBE(begin + 2, digits))
  if (end > limit) throw new Error('DER ends too early.')
  return { tag: der.readUInt8(begin), begin, start, end }
}

/** The values inside one, one after the other. */
export function* elementsIn(der: Buffer, { start, end }: Element): Generator<Element> {
  for (let at = start; at < end;) {
    const element = elementAt(der, at, end)
    yield element
    at = element.end
  }
}

/** Throws where it is another kind of value, or none. */
export function need(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw new Error(`DER has ${element?.tag ?? 'nothing'} for ${tag}.`)
  return element
}

export const bytesOf = (der: Buffer, { start, end }: Element) => der.subarray(start, end)
/** In hexadecimal digits, without zeros before them: as Node prints serial numbers, but for their case. */
export const hexOf = (der: Buffer, element: Element) =>
  bytesOf(der, element)
    .toString('hex')
    .replace(/^(00)+(?=..)/, '')

/** From `260102030405Z`, or with four digits of the year where it is after 2049. */
export function timeOf(der: Buffer, element: Element): Date {
  const text = bytesOf(der, element).toString('latin1')
  const long =
    element.tag === tags.utcTime ? `${Number(text.slice(0, 2)) < 50 ? 20 : 19}${text}` : text
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(long) ?? []
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(time.getTime())) throw new Error('A time in DER is wrong.')
  return time
}
