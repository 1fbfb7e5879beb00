import express from 'express'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { enrolledApi, type Trust } from '@linux-patch/shared/enrolled-api'
import { replyWithFailure } from '@linux-patch/shared/refuse'
import { nameRequest, serve } from '@linux-patch/shared/serve'
import { managerPlaceText } from '../config-manager.ts'
import { places } from '../config-places.ts'
import { newFolder } from '../files/folder.test.kit.ts'
import {
  DAY_MS,
  host,
  MANAGER,
  testAuthority,
  type Leaf,
  type TestAuthority,
} from '../pki/authority.test.kit.ts'

type Given = { csr_pem: string }

type Options = {
  /** How the manager's certificate differs from a right one. */
  shows?: Leaf
  /** Who has signed it, where that is not who signed the host's. */
  by?: TestAuthority
  /** The same of the host's. */
  own?: Leaf
}

/** The port of enrolled hosts, spoken as the manager speaks it, and the folders of a host that is enrolled there. */
export async function enrolledWorld({ shows = {}, own = {}, by }: Options = {}) {
  const authority = await testAuthority()
  const manager = {
    authority,
    roots: [authority.ca],
    lists: [] as string[],
    wanted: false,
    requests: [] as string[],
    /** Comes before every answer. */
    before: (): void | Promise<void> => {},
    sign: ({ csr_pem }: Given): Promise<string> => authority.signRequest(csr_pem, host),
  }
  const shown = await (by ?? authority).issue({ ...host, uris: [MANAGER], ...shows })
  const server = createServer(
    {
      key: shown.key,
      cert: shown.cert,
      ca: authority.ca,
      requestCert: true,
      minVersion: 'TLSv1.3',
    },
    appOf(manager),
  )
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const where = places(newFolder())
  for (const folder of [where.certificates, where.state]) mkdirSync(folder, { recursive: true })
  const material = await authority.issue({ ...host, ...own })
  writeFileSync(where.authority, material.ca)
  writeFileSync(where.key, material.key)
  writeFileSync(where.certificate, material.cert)
  const place = { url: `https://127.0.0.1:${port}`, identity: MANAGER }
  writeFileSync(where.manager, managerPlaceText(place))

  return Object.assign(manager, {
    where,
    material,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}
export type EnrolledWorld = Awaited<ReturnType<typeof enrolledWorld>>

type Manager = {
  roots: string[]
  lists: string[]
  wanted: boolean
  requests: string[]
  before: () => void | Promise<void>
  sign: (given: Given) => Promise<string>
}

function appOf(manager: Manager) {
  const app = express()
  app.use(nameRequest, async ({ method, path }, _response, next) => {
    manager.requests.push(`${method} ${path}`)
    await manager.before()
    next()
  })
  serve(app, {
    contract: enrolledApi,
    admit: () => undefined,
    handlers: {
      getTrust: (): Trust => ({
        roots: manager.roots,
        revocation_lists: manager.lists,
        manager: { identity: MANAGER, addresses: ['127.0.0.1'] },
        renew: manager.wanted,
      }),
      renewCertificate: async (given) => ({
        server_crt: await manager.sign(given),
        roots: manager.roots,
      }),
    },
    manners: { badRequest: 'invalid_request', wrap: (_requestId, answer) => answer },
  })
  app.use(
    replyWithFailure({
      badRequest: 'invalid_request',
      internal: 'internal',
      word: (request_id, { code, message, details }) => ({
        error: { code, message, request_id, details },
      }),
      log() {},
    }),
  )
  return app
}

/** A life that is over for more than two thirds. */
export const dueLife = () => ({
  from: new Date(Date.now() - 80 * DAY_MS),
  to: new Date(Date.now() + 10 * DAY_MS),
})
