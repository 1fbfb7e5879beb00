import { stringifySetCookie } from 'cookie'
import type { ManagerCall } from '../services/caller.ts'
import type { Opened } from '../services/sign-in/session-opening.ts'

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

/** Kept as long as the session may last. */
export function setRefreshCookie({ headers }: ManagerCall, opened: Opened, now: Date): Opened {
  headers['Set-Cookie'] = stringifySetCookie({
    ...kept,
    value: opened.refresh_token,
    maxAge: Math.round((Date.parse(opened.session_ends_at) - now.getTime()) / 1000),
  })
  return opened
}

export function dropRefreshCookie({ headers }: ManagerCall) {
  headers['Set-Cookie'] = stringifySetCookie({ ...kept, value: '', maxAge: 0 })
}
