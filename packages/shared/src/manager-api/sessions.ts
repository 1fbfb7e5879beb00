import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { SignedOut } from '../sso.ts'
import { Credentials, NewPassword, Session, Tokens, User } from '../user.ts'

export const sessionApi = {
  login: {
    route: 'POST /auth/login',
    summary: 'Sign in with a name and a password',
    access: 'anyone',
    rate: 'sign_in',
    input: Credentials,
    output: Tokens,
    failures: [
      'invalid_credentials',
      'mfa_required',
      'account_disabled',
      'account_locked',
      'rate_limited',
    ],
  },

  refresh: {
    route: 'POST /auth/refresh',
    summary: 'Trade a refresh token, sent in the body or as the cookie, for new tokens',
    access: 'anyone',
    rate: 'refresh',
    input: z.strictObject({ refresh_token: z.string().max(200).optional() }),
    output: Tokens,
    failures: ['rate_limited'],
  },

  logout: {
    route: 'POST /auth/logout',
    summary:
      'End the session of the access token, or of the refresh token that is sent in the body or as the cookie',
    access: 'anyone',
    rate: 'refresh',
    status: (answer: SignedOut | undefined) => (answer === undefined ? 204 : 200),
    input: z.strictObject({ refresh_token: z.string().max(200).optional() }),
    output: SignedOut.optional(),
    failures: ['rate_limited'],
  },

  listOwnSessions: {
    route: 'GET /users/me/sessions',
    summary: 'Where you are signed in, newest first',
    access: 'self:sessions',
    input: z.strictObject({}),
    output: z.object({ sessions: z.array(Session) }),
  },

  endOwnSession: {
    route: 'DELETE /users/me/sessions/:session_id',
    summary: 'End one of your sessions',
    access: 'self:sessions',
    status: 204,
    input: z.strictObject({ session_id: z.uuid() }),
    output: z.void(),
    failures: ['not_found'],
  },

  endOtherSessions: {
    route: 'POST /users/me/sessions/revoke-others',
    summary: 'End all of your sessions but this one',
    access: 'self:sessions',
    status: 204,
    input: z.strictObject({}),
    output: z.void(),
  },

  unlockUser: {
    route: 'POST /users/:id/unlock',
    summary: 'Let a user sign in again who was locked out by wrong passwords',
    access: 'user:unlock',
    status: 204,
    input: z.strictObject({ id: z.uuid() }),
    output: z.void(),
    failures: ['not_found'],
  },

  getMe: {
    route: 'GET /users/me',
    summary: 'Who is signed in',
    access: 'self:read',
    input: z.strictObject({}),
    output: User,
  },

  changeOwnPassword: {
    route: 'PUT /users/me/password',
    summary:
      'Change your own password; every other session of yours ends, and this one takes new tokens',
    access: 'self:password',
    rate: 'sign_in',
    status: 204,
    input: NewPassword,
    output: z.void(),
    failures: ['invalid_credentials', 'account_locked', 'rate_limited'],
  },
} as const satisfies Contract
