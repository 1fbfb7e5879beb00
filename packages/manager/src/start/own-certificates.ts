import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Config } from '../config.ts'
import type { Credentials } from '../http/server.ts'
import type { Authority } from '../pki/authority.ts'
import { newKeyPair } from '../pki/key-pair.ts'
import type { OwnNames } from '../services/own-names.ts'
import type { ManagerIdentity } from '../services/own-secrets.ts'
import { step } from './step.ts'

type Deps = {
  tls: Config['tls']
  authority: Authority
  /** Issues a certificate for the manager's own key. */
  newIdentity: () => Promise<ManagerIdentity>
  names: OwnNames
  now: () => Date
}

export type OwnCertificates = Awaited<ReturnType<typeof ownCertificates>>

/** What the manager shows of itself: to its agents, and to people and hosts that come to it. */
export async function ownCertificates({ tls, authority, newIdentity, names, now }: Deps) {
  const readIdentity = async () => ({ ...(await newIdentity()), ca: authority.root_pem })
  let identity = await readIdentity()
  const newWeb = () => newWebCertificate(authority, identity.urn, names)
  const readWeb = () =>
    step('The certificate of the manager cannot be used', () =>
      tls ? readOwnCertificate(tls) : newWeb(),
    )
  let web = await readWeb()
  let enrolled = await newWeb()

  return {
    identity: () => identity,
    web: () => web,
    /** What enrolled hosts are shown, who know our own authority and no other. */
    enrolled: () => enrolled,

    /** Each makes anew what is in the last third of its life, and answers whether it did. */
    renew: {
      async manager(): Promise<boolean> {
        if (!isDue(identity.certificate, now())) return false
        identity = await readIdentity()
        return true
      },
      /** The operator's own is read again. */
      async web(): Promise<boolean> {
        const found = tls || isDue(web.cert, now()) ? await readWeb() : web
        if (found.cert === web.cert && found.key === web.key) return false
        web = found
        return true
      },
      async enrolled(): Promise<boolean> {
        if (!isDue(enrolled.cert, now())) return false
        enrolled = await newWeb()
        return true
      },
    },
  }
}

function isDue(pem: string, now: Date): boolean {
  const { validFromDate: from, validToDate: to } = new X509Certificate(pem)
  return to.getTime() - now.getTime() < (to.getTime() - from.getTime()) / 3
}

/** The operator's own certificate. Throws where a file cannot be read or the one is not for the other. */
export function readOwnCertificate(tls: NonNullable<Config['tls']>): Credentials {
  const own = {
    key: readFileSync(tls.key_file, 'utf8'),
    cert: readFileSync(tls.certificate_file, 'utf8'),
  }
  createSecureContext(own)
  return own
}

/** One of our authority; its key is never stored. */
async function newWebCertificate(
  authority: Authority,
  identity: string,
  names: OwnNames,
): Promise<Credentials> {
  const { key_pem, publicKey } = newKeyPair()
  const { cert_pem } = await authority.issue('web', { identity, ...names }, publicKey)
  return { key: key_pem, cert: `${cert_pem}\n${authority.root_pem}` }
}
