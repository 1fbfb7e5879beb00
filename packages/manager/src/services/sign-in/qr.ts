import { toString } from 'qrcode'

/** A picture of a text that a phone can read. */
export const qrSvg = (text: string): Promise<string> =>
  toString(text, { type: 'svg', errorCorrectionLevel: 'M' })
