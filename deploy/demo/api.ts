import { X509Certificate } from 'node:crypto'
import { client, type Transport } from '@linux-patch/shared/client'
import { basePath, type Client } from '@linux-patch/shared/contract'
import { managerApi, type ManagerApi } from '@linux-patch/shared/manager-api'
import { unwrapBare } from '@linux-patch/shared/unwrap'
import { Agent, request } from 'undici'
import { WebSocket } from 'ws'

export type Api = Awaited<ReturnType<typeof signIn>>
type Options = { url: string; ca_fingerprint: string; password: string }

/** The manager's API as its administrator, over TLS that is checked as a careful person would. */
export async function signIn({ url, ca_fingerprint, password }: Options) {
  const root = await rootWith(ca_fingerprint, url)
  const dispatcher = new Agent({ connect: { ca: root } })
  const anyone = client(managerApi, transport(url, dispatcher), unwrapBare)
  const { access_token } = await anyone.login({ username: 'admin', password })
  const authorization = `Bearer ${access_token}`
  const calls: Client<ManagerApi> = client(
    managerApi,
    transport(url, dispatcher, { authorization }),
    unwrapBare,
  )
  return {
    ...calls,
    /** Opens the socket that tells what happens to jobs. */
    async openSocket() {
      const { ticket } = await calls.createTicket()
      const place = `${url.replace('https', 'wss')}${basePath}/ws/jobs?ticket=${ticket}`
      return new WebSocket(place, { ca: root })
    },
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  }
}

/** Whoever answers is asked for its root certificate, which counts only with that fingerprint. */
async function rootWith(ca_fingerprint: string, url: string): Promise<string> {
  const unchecked = new Agent({ connect: { rejectUnauthorized: false } })
  const anyone = client(managerApi, transport(url, unchecked), unwrapBare)
  const pem = await anyone.getRootCertificate()
  await unchecked.close()
  const hex = new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()
  if (`sha256:${hex}` === ca_fingerprint) return pem
  throw new Error(`${url} has another root certificate than our manager: sha256:${hex}`)
}

const transport =
  (origin: string, dispatcher: Agent, more: Record<string, string> = {}): Transport =>
  async ({ method, path, headers, body, signal }) => {
    const options = { method, headers: { ...headers, ...more }, body, signal, dispatcher }
    const answer = await request(origin + path, options)
    return { status: answer.statusCode, body: await answer.body.text() }
  }
