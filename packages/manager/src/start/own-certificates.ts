import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Config } from '../config.ts'
import type { Credentials } from '../http/server.ts'
import { newKeyPair } from '../pki/key-pair.ts'
import type { OwnIssuing } from '../services/certificates/own-issuing.ts'
import type { OwnNames } from '../services/certificates/own-names.ts'
import type { Roots } from '../services/certificates/roots.ts'
import { step } from './step.ts'

type Deps = {
  tls: Config['tls']
  authority: Roots
  issuing: OwnIssuing
  names: OwnNames
  now: () => Date
}

export type OwnCertificates = Awaited<ReturnType<typeof ownCertificates>>

/** What the manager shows of itself: to its agents, and to people and hosts that come to it. */
export async function ownCertificates({ tls, authority, issuing, names, now }: Deps) {
  const trusted = () => authority.roots().join('\n')
  let identity = { ...(await issuing.identity()), ca: trusted() }
  const newWeb = async (name: 'page' | 'hosts'): Promise<Credentials> => {
    const { key_pem, publicKey } = newKeyPair()
    const { cert_pem } = await issuing.web(name, { identity: identity.urn, ...names }, publicKey)
    return { key: key_pem, cert: `${cert_pem}\n${authority.root_pem}` }
  }
  const readWeb = () =>
    step('The certificate of the manager cannot be used', () =>
      tls ? readOwnCertificate(tls) : newWeb('page'),
    )
  let web = await readWeb()
  let enrolled = await newWeb('hosts')

  const isDue = async (pem: string) => isLate(pem, now()) || !(await issuing.isInForce(pem))

  return {
    identity: () => identity,
    web: () => web,
    /** What enrolled hosts are shown, who know our own authority and no other. */
    enrolled: () => enrolled,

    /** False once one was revoked, or another root signs. */
    async areInForce(): Promise<boolean> {
      const own = [identity.certificate, enrolled.cert, ...(tls ? [] : [web.cert])]
      return (await Promise.all(own.map(issuing.isInForce))).every(Boolean)
    },

    /** Each makes anew what is in the last third of its life or counts no longer, and answers whether it did. */
    renew: {
      async manager(): Promise<boolean> {
        const isNew = await isDue(identity.certificate)
        if (isNew) identity = { ...(await issuing.identity()), ca: trusted() }
        else if (identity.ca !== trusted()) identity = { ...identity, ca: trusted() }
        return isNew
      },
      /** The operator's own is read again. */
      async web(): Promise<boolean> {
        const found = tls || (await isDue(web.cert)) ? await readWeb() : web
        if (found.cert === web.cert && found.key === web.key) return false
        web = found
        return true
      },
      async enrolled(): Promise<boolean> {
        if (!(await isDue(enrolled.cert))) return false
        enrolled = await newWeb('hosts')
        return true
      },
    },
  }
}

function isLate(pem: string, now: Date): boolean {
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
