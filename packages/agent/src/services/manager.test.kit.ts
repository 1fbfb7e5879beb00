import express from 'express'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { EnrollmentRequest, EnrollmentStatus } from '@linux-patch/shared/enrollment'
import type { Handlers } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import { managerApi, type ManagerApi } from '@linux-patch/shared/manager-api'
import { replyWithFailure } from '@linux-patch/shared/refuse'
import { nameRequest, serve } from '@linux-patch/shared/serve'
import {
  DAY_MS,
  HOST_ID,
  MANAGER,
  host,
  testAuthority,
  type Leaf,
} from '../pki/authority.test.kit.ts'

export const TOKEN = 'a'.repeat(64)

type Wanted = {
  /** How the manager's own certificate differs from a right one. */
  leaf?: Leaf
  address?: string
  decide?: (asked: EnrollmentRequest) => Promise<EnrollmentStatus> | EnrollmentStatus
}
export type TestManager = Awaited<ReturnType<typeof testManager>>

/** The two endpoints that enrollment needs, spoken as the manager speaks them. */
export async function testManager({ leaf, address = '127.0.0.1', decide }: Wanted = {}) {
  const authority = await testAuthority()
  const { key, cert, ca } = await authority.issue(leaf ?? { ...host, uris: [MANAGER] })
  const manager = {
    list: authority.revocations(new Date(Date.now() + DAY_MS)),
    requests: [] as EnrollmentRequest[],
    polls: [] as string[],
    decide: decide ?? ((): EnrollmentStatus => ({ status: 'pending' })),
    onEnroll: () => {},
    /** What the answer to a request says beside its token. */
    taken: { status: 'pending', waits_because: null } as Taken,
  }
  const server = createServer({ key, cert: cert + ca }, appOf(manager))
  server.listen(0, address)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return Object.assign(manager, {
    authority,
    port,
    url: new URL(`https://${address.includes(':') ? `[${address}]` : address}:${port}`),

    /** What an approval answers; `leaf` says how the certificate differs from a right one. */
    async approve(
      { csr_pem }: Pick<EnrollmentRequest, 'csr_pem'>,
      leaf: Leaf = {},
    ): Promise<EnrollmentStatus> {
      return {
        status: 'approved',
        host_id: HOST_ID,
        ca_crt: authority.ca,
        crl_pem: manager.list,
        server_crt: await authority.signRequest(csr_pem ?? '', { ...host, ...leaf }),
        manager: { identity: MANAGER, addresses: ['10.9.8.7'], agent_port: 8444 },
      }
    },

    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

type Taken = { status: 'pending' | 'approved'; waits_because: string | null }
type Manager = {
  taken: Taken
  requests: EnrollmentRequest[]
  polls: string[]
  decide: (asked: EnrollmentRequest) => Promise<EnrollmentStatus> | EnrollmentStatus
  onEnroll: () => void
}

function appOf(manager: Manager) {
  const app = express()
  app.use(nameRequest)
  serve(app, {
    contract: managerApi,
    admit: () => undefined,
    handlers: handlersOf(enrollmentOf(manager)),
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

const enrollmentOf = (manager: Manager): Partial<Handlers<ManagerApi, undefined>> => ({
  enroll(asked) {
    manager.requests.push(asked)
    manager.onEnroll()
    const expires_at = new Date(Date.now() + 1000).toISOString()
    return { polling_token: TOKEN, key_fingerprint: 'sha256:', expires_at, ...manager.taken }
  },
  getEnrollmentStatus({ token }) {
    manager.polls.push(token)
    const [asked] = manager.requests.slice(-1)
    if (!asked) throw new Failure('enrollment_expired', 'That request is not known here.')
    return manager.decide(asked)
  },
})

function handlersOf(handlers: Partial<Handlers<ManagerApi, undefined>>) {
  const nothing = () => {
    throw new Failure('not_found', 'Not in this test.')
  }
  return Object.fromEntries(
    Object.keys(managerApi).map((name) => [name, handlers[name as keyof ManagerApi] ?? nothing]),
  ) as Handlers<ManagerApi, undefined>
}
