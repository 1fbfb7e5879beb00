import type { Outgoing, Transport } from '@linux-patch/shared/client'
import { Agent } from 'undici'

export type Sent = { headers?: Record<string, string>; from?: string }
type Asked = Partial<Pick<Outgoing, 'body' | 'signal'>> & Sent
type Fetched = { method?: string; headers?: Record<string, string>; body?: Buffer | null }
export type Answer = {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
  /** The code of the failure, where it is one. */
  code: string | undefined
}

/** For tests only: speaks HTTPS with a manager, from any address of the loopback. */
export function asker(origin: string, ca: string) {
  const ways = new Map<string, Agent>()
  const wayFrom = (localAddress: string) => {
    const known = ways.get(localAddress)
    if (known) return known
    const way = new Agent({ connect: { ca }, localAddress })
    ways.set(localAddress, way)
    return way
  }

  async function ask(
    method: string,
    path: string,
    { headers = {}, body, from = '127.0.0.1', signal = null }: Asked = {},
  ): Promise<Answer> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = { ...type, ...headers }
    const asked = {
      origin,
      path,
      method: method as 'GET',
      headers: sent,
      body: body ?? null,
      signal,
    }
    const answer = await wayFrom(from).request(asked)
    const text = await answer.body.text()
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: text,
      code: codeIn(text),
    }
  }

  /** What does not speak JSON. */
  async function fetch(path: string, { method = 'GET', headers = {}, body = null }: Fetched) {
    const asked = { origin, path, method: method as 'GET', headers, body }
    const answer = await wayFrom('127.0.0.1').request(asked)
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: Buffer.from(await answer.body.arrayBuffer()),
    }
  }

  return {
    ask,
    fetch,
    transport:
      (token?: string, { headers, from }: Sent = {}): Transport =>
      ({ method, path, headers: usual, body, signal }) => {
        const all = { ...usual, ...bearer(token), ...headers }
        return ask(method, path, {
          headers: all,
          signal,
          ...(body !== null && { body }),
          ...(from && { from }),
        })
      },
    async close() {
      for (const way of ways.values()) await way.close()
    },
  }
}

export const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` }

function codeIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { code?: string } }).error?.code
  } catch {
    return undefined
  }
}
