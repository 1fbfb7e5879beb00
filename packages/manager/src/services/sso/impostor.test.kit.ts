import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** For tests only: whatever a provider should not be. */
export async function impostor(answer: (issuer: string) => RequestListener) {
  const server = createServer((request, response) => answer(issuer)(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
/** One that answers this of itself. */
export const saying =
  (more: object): ((issuer: string) => RequestListener) =>
  (issuer) =>
  (request, response) => {
    const places = ['authorization', 'token', 'userinfo'].map((name) => [
      `${name}_endpoint`,
      `${issuer}/${name}`,
    ])
    const usual = { issuer, ...Object.fromEntries(places), jwks_uri: `${issuer}/jwks` }
    const isMetadata = request.url?.startsWith('/.well-known/')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(isMetadata ? { ...usual, ...more } : { keys: [] }))
  }
