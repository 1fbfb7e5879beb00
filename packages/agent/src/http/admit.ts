import type { IncomingMessage } from 'node:http'
import type { Endpoint } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import { hostOperations, type HostOperation } from '@linux-patch/shared/permissions'
import type { RateClass } from '../config.ts'
import type { Caller } from '../pki/peer.ts'
import type { RateLimits } from './rate-limits.ts'

type Deps = {
  callerOf: (socket: object) => Caller | undefined
  allow: Allow
  limits: RateLimits
  now: () => Date
}
export type Admission = ReturnType<typeof admission>
type Asked = Pick<Endpoint, 'access' | 'rate'>

/** Lets a request in: by the identity of its connection, the host's own rules, and how often it came. */
export const admission =
  ({ callerOf, allow, limits, now }: Deps) =>
  (request: Pick<IncomingMessage, 'socket'>, { access, rate }: Asked): Caller => {
    const caller = callerOf(request.socket)
    if (!caller || caller.not_after <= now()) {
      // A connection outlives the moment it was judged in; its certificate must not.
      request.socket.destroy()
      throw new Failure('AUTH_CERT_EXPIRED', 'The certificate of this connection has expired.')
    }
    if (rate) limits.take(caller.fingerprint, rate as RateClass)
    allow(access)
    return caller
  }

export type Allow = ReturnType<typeof allowing>

/** Throws AUTHZ_OPERATION_DENIED for what this host lets nobody ask of it. */
export const allowing = (operations: () => readonly HostOperation[]) => (access: string) => {
  if (isHostOperation(access) && operations().includes(access)) return
  throw new Failure('AUTHZ_OPERATION_DENIED', `This host does not allow ${access}.`, {
    details: { operation: access },
  })
}

const isHostOperation = (access: string): access is HostOperation =>
  (hostOperations as readonly string[]).includes(access)
