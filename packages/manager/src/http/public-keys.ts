import { refuseUnknownRoutes } from '@linux-patch/shared/refuse'
import express, { type Express, type RequestHandler } from 'express'
import { OCSP_PATH } from '../pki/certificate.ts'
import type { CertificateStatus } from '../services/certificates/certificate-status.ts'
import type { RevocationLists } from '../services/certificates/revocation-lists.ts'
import { limiterOf } from './limits.ts'

type Deps = {
  lists: Pick<RevocationLists, 'find'>
  certificateStatus: CertificateStatus
  perMinute: number
}

const REQUEST = 'application/ocsp-request'
const RESPONSE = 'application/ocsp-response'
const REQUEST_LIMIT = 16 * 1024

/** What anybody may ask about certificates, without a login, at the places that they name. */
export function servePublicKeys(application: Express, deps: Deps) {
  const { lists, certificateStatus, perMinute } = deps
  application.use('/.well-known/pki', limiterOf(perMinute))
  application.get('/.well-known/pki/crl/:name.crl', sendList(lists))

  application.post(
    OCSP_PATH,
    express.raw({ type: REQUEST, limit: REQUEST_LIMIT }),
    async ({ body }, response) => {
      if (!Buffer.isBuffer(body)) return void response.status(415).end()
      response
        .set('Cache-Control', 'no-store')
        .type(RESPONSE)
        .send(await certificateStatus(body))
    },
  )
  // In base64, which may hold a slash.
  application.get(`${OCSP_PATH}/*request`, async ({ path }, response) => {
    const text = path.slice(OCSP_PATH.length + 1)
    const bytes = Buffer.from(decodeURIComponent(text), 'base64')
    response
      .set('Cache-Control', 'no-cache')
      .type(RESPONSE)
      .send(await certificateStatus(bytes))
  })
  application.use('/.well-known', refuseUnknownRoutes('not_found'))
}

const sendList =
  (lists: Deps['lists']): RequestHandler<{ name: string }> =>
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
