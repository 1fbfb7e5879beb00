import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Handlers } from '@linux-patch/shared/contract'
import { enrolledApi, type EnrolledApi } from '@linux-patch/shared/enrolled-api'
import { Failure } from '@linux-patch/shared/failure'
import { refuseOtherMethods, refuseUnknownRoutes } from '@linux-patch/shared/refuse'
import { nameRequest, serve, type Admit } from '@linux-patch/shared/serve'
import express, { type Express } from 'express'
import type { Log } from '../log.ts'
import type { HostCaller } from '../services/enrollment/host-callers.ts'
import { replyBare } from './reply.ts'

type Deps = {
  handlers: Handlers<EnrolledApi, HostCaller>
  certificateOf: (socket: Socket) => X509Certificate | undefined
  /** Undefined: whoever bears it is nobody any more. */
  callerOf: (certificate: X509Certificate) => Promise<HostCaller | undefined>
  log: Log
}

/** What enrolled hosts can ask. */
export function enrolledApp({ log, ...deps }: Deps): Express {
  const application = express()
  application.disable('x-powered-by')
  application.set('etag', false)
  application.use(nameRequest)
  serve(application, {
    contract: enrolledApi,
    handlers: deps.handlers,
    admit: admitHost(deps),
    manners: { badRequest: 'invalid_request', wrap: (_requestId, answer) => answer },
  })
  refuseOtherMethods(application, enrolledApi, 'invalid_request')
  application.use(refuseUnknownRoutes('not_found'), replyBare(log))
  return application
}

/** At every request: a connection outlives the moment it was judged in, and its certificate may not count any more. */
const admitHost =
  ({ certificateOf, callerOf }: Omit<Deps, 'log'>): Admit<HostCaller> =>
  async ({ socket }) => {
    const certificate = certificateOf(socket)
    const caller = certificate && (await callerOf(certificate))
    if (!caller) {
      socket.destroy()
      throw new Failure('unauthorized', 'This certificate is no longer valid.')
    }
    if (!caller.retired_at) return caller
    throw new Failure('host_retired', `${caller.name} was retired here at ${caller.retired_at}.`)
  }
