import type { Tokens } from '@linux-patch/shared/user'
import { stringifySetCookie } from 'cookie'
import type { ManagerCall } from '../services/caller.ts'
import { REFRESH_SECONDS } from '../services/tokens.ts'

/** The page's refresh token: no script can read it, and no other site can make the browser send it. */
export const REFRESH_COOKIE = '__Host-refresh'
const kept = {
  name: REFRESH_COOKIE,
  httpOnly: true,
  secure: true,
  sameSite: 'strict',
  path: '/',
} as const

export const readRefreshCookie = ({ cookies }: ManagerCall) => cookies[REFRESH_COOKIE]

export function setRefreshCookie({ headers }: ManagerCall, tokens: Tokens): Tokens {
  headers['Set-Cookie'] = stringifySetCookie({
    ...kept,
    value: tokens.refresh_token,
    maxAge: REFRESH_SECONDS,
  })
  headers['Cache-Control'] = 'no-store'
  return tokens
}

export function dropRefreshCookie({ headers }: ManagerCall) {
  headers['Set-Cookie'] = stringifySetCookie({ ...kept, value: '', maxAge: 0 })
}
