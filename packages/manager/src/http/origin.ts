import { Failure } from '@linux-patch/shared/failure'
import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'

/** Refuses what another site makes a browser send. Scripts and curl send neither header and are let through. */
export const refuseOtherSites: RequestHandler = (request, _response, next) => {
  if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method)) checkOrigin(request)
  next()
}

/** Throws forbidden_origin where a browser says that the request comes from another site than this one. */
export function checkOrigin({ headers }: IncomingMessage) {
  const site = headers['sec-fetch-site']
  const fromHere = site === undefined || site === 'same-origin' || site === 'none'
  if (fromHere && (headers.origin === undefined || hostOf(headers.origin) === headers.host)) return
  throw new Failure('forbidden_origin', 'This request comes from another site.')
}

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : null)
