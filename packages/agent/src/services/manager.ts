import { Agent, request } from 'undici'
import { client, type Transport } from '@linux-patch/shared/client'
import { managerApi } from '@linux-patch/shared/manager-api'
import { unwrapBare } from '@linux-patch/shared/unwrap'
import { toFailure } from '../pki/first-contact.ts'

const MOST_BYTES = 1024 * 1024

/** The manager's API over connections that are checked against one root and no other. */
export function managerAt(manager: URL, root: string) {
  const dispatcher = new Agent({
    connect: { ca: root, timeout: 10_000 },
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
    maxResponseSize: MOST_BYTES,
  })

  const send: Transport = async ({ method, path, headers, body }) => {
    try {
      const answer = await request(manager.origin + path, {
        method: method as 'GET' | 'POST',
        headers,
        body,
        dispatcher,
      })
      return { status: answer.statusCode, body: await answer.body.text() }
    } catch (cause) {
      throw toFailure(manager, cause)
    }
  }

  return {
    api: client(managerApi, send, unwrapBare),
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  }
}
