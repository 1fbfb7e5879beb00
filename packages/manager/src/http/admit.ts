import type { Endpoint } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import { isDangerous, isPermission } from '@linux-patch/shared/permissions'
import { peerOf, type Admit, type Permit } from '@linux-patch/shared/serve'
import type { Request } from 'express'
import type { Caller, ManagerCall, Person } from '../services/caller.ts'
import { mayDo } from '../services/people/rights.ts'
import { isApiToken } from '../services/people/api-token-text.ts'
import type { Sessions } from '../services/sign-in/sessions.ts'
import type { StepUp } from '../services/sign-in/step-up.ts'
import type { TokenCallers } from '../services/people/token-callers.ts'

/** Where a refused request came from. */
type RefusedCall = Pick<ManagerCall, 'peer' | 'request_id'>

export type AdmitDeps = {
  sessions: Pick<Sessions, 'whoIs'>
  stepUp: Pick<StepUp, 'demand'>
  tokenCallers: Pick<TokenCallers, 'whoIs'>
  /** Keeps on record who was refused what. */
  onRefused: (
    person: Person,
    access: Endpoint['access'],
    call: RefusedCall,
    details?: Record<string, unknown>,
  ) => Promise<void>
}

/** Until a first password is changed, its owner may do only what that takes. */
const beforeReset = ['GET /users/me', 'PUT /users/me/password']
/** Until a second factor that is required is set up, its owner may do only what that takes. */
const beforeMfa = [
  ...beforeReset,
  'POST /auth/step-up',
  'GET /auth/mfa/setup',
  'POST /auth/mfa/verify',
]
/** Open to whoever has an access token or a refresh token: its handler looks at the other. */
const byEither = ['POST /auth/logout']

/** Decides who is let in to what. */
export function door({ sessions, tokenCallers, stepUp, onRefused }: AdmitDeps): {
  admit: Admit<Caller>
  permit: Permit<Caller>
} {
  async function check(person: Person, access: Endpoint['access'], call: RefusedCall) {
    if (isPermission(access) && mayDo(person, access)) {
      if (isDangerous(access)) await stepUp.demand(person, access)
      return
    }
    await onRefused(person, access, call)
    if (!isPermission(access) || !person.permissions.has(access))
      throw new Failure('forbidden_role', `This needs the permission ${access}.`)
    throw new Failure('forbidden_scope', 'Only people who see all hosts may do this.')
  }

  /** An access token that has run out keeps nobody from signing out. */
  async function whoMayBe(request: Request): Promise<Caller> {
    try {
      return await sessions.whoIs(bearerOf(request))
    } catch (error) {
      if (error instanceof Failure && error.code === 'unauthorized') return null
      throw error
    }
  }

  return {
    /** Says who is calling, by the access token or the API token of the request, and whether that is enough for the endpoint. */
    async admit(request, endpoint) {
      if (byEither.includes(endpoint.route)) return whoMayBe(request)
      const isOpen = endpoint.access === 'anyone'
      if (isOpen && !(endpoint.optional_caller && request.headersDistinct.authorization))
        return null
      const token = bearerOf(request)
      const person = isApiToken(token)
        ? await tokenCallers.whoIs(token, peerOf(request))
        : await sessions.whoIs(token)
      if (person.user.password_reset_required && !beforeReset.includes(endpoint.route))
        throw new Failure('password_reset_required', 'Change your password first.')
      if (person.user.mfa_setup_required && !beforeMfa.includes(endpoint.route))
        throw new Failure('mfa_setup_required', 'Set up a second factor first.')
      if (isOpen) return person
      const request_id = String(request.res?.locals.requestId)
      await check(person, endpoint.access, { peer: peerOf(request), request_id })
      return person
    },

    async permit(permission, { caller, peer, request_id }) {
      if (!caller) throw new Failure('unauthorized', 'Sign in first.')
      await check(caller, permission, { peer, request_id })
    },
  }
}

/** Of two tokens nobody can say whose request it is: a proxy may have looked at the other one. */
function bearerOf({ headersDistinct }: Request): string {
  const [sent = '', ...others] = headersDistinct.authorization ?? []
  const [scheme, token = ''] = sent.split(' ')
  if (scheme?.toLowerCase() === 'bearer' && token && others.length === 0) return token
  throw new Failure('unauthorized', 'Sign in first.')
}
