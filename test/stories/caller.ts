import { join } from 'node:path'
import { agentApi, type AgentApi } from '@linux-patch/shared/agent-api'
import { client } from '@linux-patch/shared/client'
import type { Client } from '@linux-patch/shared/contract'
import { unwrapEnvelope } from '@linux-patch/shared/unwrap'
import { openDatabase } from '@linux-patch/manager/db/open'
import { openKeys } from '@linux-patch/manager/pki/keys'
import { ownIssuing } from '@linux-patch/manager/services/certificates/own-issuing'
import { ownSecrets } from '@linux-patch/manager/services/certificates/own-secrets'
import { Agent, request, type Dispatcher } from 'undici'
import type { Host } from '../lab/host.ts'
import type { Manager } from './manager.ts'

export type Credentials = { ca: string; cert: string; key: string }

/** The manager's authority and its own client certificate, opened with its master key as only its machine can. */
export async function authorityOf({ folder }: Pick<Manager, 'folder'>, at = new Date()) {
  const unchained = await openDatabase(`sqlite:${join(folder, 'manager.db')}`)
  const keys = await openKeys({ path: join(folder, 'master.key'), secrets_exist: true })
  const secrets = ownSecrets({ database: unchained, keys, now: () => at })
  const database = await unchained.chained(await secrets.chain())
  const authority = await secrets.roots(null)
  const issuing = ownIssuing({ database, authority, key: secrets.identity, now: () => at })
  const { certificate, private_key } = await issuing.identity()
  await database.close()
  const manager = { ca: authority.root_pem, cert: certificate, key: private_key }
  return { authority, manager }
}

type Asking = { method?: Dispatcher.HttpMethod; body?: unknown; headers?: Record<string, string> }

/** Calls an agent as the manager would, but whatever one likes, and as somebody else where that is given. */
export async function callerTo(host: Host, manager: Manager, own?: Credentials) {
  const credentials = own ?? (await authorityOf(manager)).manager
  const dispatcher = new Agent({
    connect: { ...credentials, checkServerIdentity: () => undefined },
  })
  const origin = `https://${host.address}:12443`

  async function ask(path: string, { method = 'GET', body, headers = {} }: Asking = {}) {
    const answer = await request(origin + path, {
      method,
      dispatcher,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json', ...headers },
    })
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: (await answer.body.json()) as Answered,
    }
  }
  const api: Client<AgentApi> = client(
    agentApi,
    async ({ method, path, headers, body }) => {
      const answer = await request(origin + path, {
        method: method as 'GET',
        headers,
        body,
        dispatcher,
      })
      return { status: answer.statusCode, body: await answer.body.text() }
    },
    unwrapEnvelope,
  )
  return { ask, api, [Symbol.asyncDispose]: () => dispatcher.destroy() }
}
type Answered = { data: { job_id: string } | null; error: { code: string; message: string } | null }
