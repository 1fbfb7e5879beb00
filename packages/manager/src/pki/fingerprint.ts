import { createHash } from 'node:crypto'

/** As people compare and pass it: `sha256:` and the hexadecimal digest of a certificate's or a key's DER. */
export const fingerprintOf = (der: NodeJS.ArrayBufferView | ArrayBuffer): string =>
  `sha256:${createHash('sha256')
    .update(der instanceof ArrayBuffer ? new Uint8Array(der) : der)
    .digest('hex')}`
