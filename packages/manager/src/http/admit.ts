import type { Endpoint } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import { mayDo, permissions, type Permission } from '@linux-patch/shared/permissions'
import { peerOf, type Admit } from '@linux-patch/shared/serve'
import type { Request } from 'express'
import type { Caller, Person } from '../services/caller.ts'
import type { SignIn } from '../services/sign-in.ts'

/** Where a refused request came from. */
export type RefusedCall = { peer: string; request_id: string }

export type AdmitDeps = {
  signIn: Pick<SignIn, 'whoIs'>
  /** Keeps on record who was refused what. */
  onRefused: (person: Person, endpoint: Endpoint, call: RefusedCall) => Promise<void>
}

/** Until a first password is changed, its owner may do only what that takes. */
const beforeReset = ['GET /users/me', 'PUT /users/me/password', 'POST /auth/logout']

/** Says who is calling, by the access token of the request, and whether that is enough for the endpoint. */
export const admit =
  ({ signIn, onRefused }: AdmitDeps): Admit<Caller> =>
  async (request, endpoint) => {
    if (endpoint.access === 'anyone') return null
    const person = await signIn.whoIs(bearerOf(request))
    if (person.user.password_reset_required && !beforeReset.includes(endpoint.route))
      throw new Failure('password_reset_required', 'Change your password first.')
    if (endpoint.access === 'self' || isAllowed(person, endpoint)) return person

    await onRefused(person, endpoint, {
      peer: peerOf(request),
      request_id: String(request.res?.locals.requestId),
    })
    throw new Failure('forbidden_role', `This needs the permission ${endpoint.access}.`)
  }

const isAllowed = ({ user }: Person, { access }: Endpoint) =>
  isPermission(access) && mayDo(user.role, access)

const isPermission = (access: string): access is Permission =>
  (permissions as readonly string[]).includes(access)

function bearerOf(request: Request): string {
  const [scheme, token = ''] = (request.get('authorization') ?? '').split(' ')
  if (scheme?.toLowerCase() === 'bearer' && token) return token
  throw new Failure('unauthorized', 'Sign in first.')
}
