import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto'
import { client, type Transport } from '@linux-patch/shared/client'
import { enrolledApi } from '@linux-patch/shared/enrolled-api'
import type { PkiBundle } from '@linux-patch/shared/enrollment'
import { unwrapBare } from '@linux-patch/shared/unwrap'
import { Agent, request } from 'undici'
import * as x509 from '../pki/x509.ts'
import { gate, type Gate } from '../services/enrollment/enrollment.test.kit.ts'

export type Credentials = { ca: string; cert: string; key: string }

/** For tests only: a key of a host's own. */
export const newKey = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }

/** A certificate request for that key. */
export async function requestFor(key: string): Promise<string> {
  const privateKey = createPrivateKey(key)
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=host',
    keys: {
      privateKey: privateKey.toCryptoKey(P256, false, ['sign']) as webcrypto.CryptoKey,
      publicKey: createPublicKey(privateKey).toCryptoKey(P256, true, ['verify']),
    },
    signingAlgorithm: { ...P256, hash: 'SHA-256' },
  })
  return request.toString('pem')
}

/** Host number one, two, … taken in: who it is, and what it proves that with. */
export async function enrolledHost(world: Gate, number: number) {
  const key = newKey()
  const { token, confirmed } = await world.enroll(number, { csr_pem: await requestFor(key) })
  const { id } = await world.admin.approveEnrollment(confirmed)
  const bundle = (await world.status(token)) as PkiBundle
  return { id, bundle, credentials: { ca: bundle.ca_crt, cert: bundle.server_crt, key } }
}

/** The enrolled port as a host with these credentials asks it, each time over a new connection. */
export function hostAt({ agents_port }: Pick<Gate, 'agents_port'>, credentials: Credentials) {
  const send: Transport = async ({ method, path, headers, body }) => {
    await using dispatcher = disposable(new Agent({ connect: credentials }))
    const answer = await request(`https://127.0.0.1:${agents_port}${path}`, {
      method: method as 'GET',
      headers,
      body,
      dispatcher,
    })
    return { status: answer.statusCode, body: await answer.body.text() }
  }
  return client(enrolledApi, send, unwrapBare)
}

const disposable = (agent: Agent) =>
  Object.assign(agent, { [Symbol.asyncDispose]: () => agent.destroy() })

/** Renews the certificate of a host, with a new key, and answers what it has from then on. */
export async function renewed(world: Pick<Gate, 'agents_port'>, before: Credentials) {
  const key = newKey()
  const csr_pem = await requestFor(key)
  const { server_crt, roots } = await hostAt(world, before).renewCertificate({ csr_pem })
  return { ca: roots.join('\n'), cert: server_crt, key }
}

export { gate }
