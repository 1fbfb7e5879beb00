import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Config } from '../config.ts'
import type { Credentials } from '../http/server.ts'

/** The operator's own certificate. Throws where a file cannot be read or the one is not for the other. */
export function readOwnCertificate(tls: NonNullable<Config['tls']>): Credentials {
  const own = {
    key: readFileSync(tls.key_file, 'utf8'),
    cert: readFileSync(tls.certificate_file, 'utf8'),
  }
  createSecureContext(own)
  return own
}
