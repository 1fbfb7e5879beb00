import { refuseUnknownRoutes } from '@linux-patch/shared/refuse'
import type { Express, RequestHandler } from 'express'
import type { RevocationLists } from '../services/revocation-lists.ts'
import { limiterOf } from './limits.ts'

type Deps = { lists: RevocationLists; perMinute: number }

/** What anybody may ask about certificates, without a login, at the places that they name. */
export function servePublicKeys(application: Express, { lists, perMinute }: Deps) {
  application.use('/.well-known/pki', limiterOf(perMinute))
  application.get('/.well-known/pki/crl/:name.crl', sendList(lists))
  application.use('/.well-known', refuseUnknownRoutes('not_found'))
}

const sendList =
  (lists: RevocationLists): RequestHandler<{ name: string }> =>
  async (request, response, next) => {
    const list = await lists.find(request.params.name)
    if (!list) return next()
    response.set({
      'Content-Type': 'application/pkix-crl',
      'Last-Modified': new Date(list.this_update).toUTCString(),
      'Cache-Control': 'public, max-age=60',
      ETag: `"${list.number}"`,
    })
    response.send(list.bytes)
  }
