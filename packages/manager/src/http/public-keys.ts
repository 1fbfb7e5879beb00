import { refuseUnknownRoutes } from '@linux-patch/shared/refuse'
import express, { type Express, type RequestHandler, type Response } from 'express'
import type { Log } from '../log.ts'
import { OCSP_PATH } from '../pki/certificate.ts'
import { refusal } from '../pki/ocsp-response.ts'
import type { CertificateStatus } from '../services/certificates/certificate-status.ts'
import type { RevocationLists } from '../services/certificates/revocation-lists.ts'
import { limiterOf } from './limits.ts'

type Deps = {
  lists: Pick<RevocationLists, 'find'>
  certificateStatus: CertificateStatus
  perMinute: number
  log: Log
}

const REQUEST = 'application/ocsp-request'
const RESPONSE = 'application/ocsp-response'
const REQUEST_LIMIT = 16 * 1024

/** What anybody may ask about certificates, without a login, at the places that they name. */
export function servePublicKeys(application: Express, deps: Deps) {
  const { lists, perMinute } = deps
  const answer = answering(deps)
  application.use('/.well-known/pki', limiterOf(perMinute))
  application.get('/.well-known/pki/crl/:name.crl', sendList(lists))

  application.post(
    OCSP_PATH,
    express.raw({ type: REQUEST, limit: REQUEST_LIMIT }),
    async ({ body }, response) => {
      if (!Buffer.isBuffer(body)) return void response.status(415).end()
      response.set('Cache-Control', 'no-store')
      await answer(body, response)
    },
  )
  // In base64, which may hold a slash.
  application.get(`${OCSP_PATH}/*request`, async ({ path }, response) => {
    const text = path.slice(OCSP_PATH.length + 1)
    const bytes = Buffer.from(decodeURIComponent(text), 'base64')
    response.set('Cache-Control', 'no-cache')
    await answer(bytes, response)
  })
  application.use('/.well-known', refuseUnknownRoutes('not_found'))
}

/** What fails here is told in the words of the protocol as well, and only the log hears the details. */
const answering =
  ({ certificateStatus, log }: Pick<Deps, 'certificateStatus' | 'log'>) =>
  async (bytes: Buffer, response: Response) => {
    const status = await certificateStatus(bytes).catch((err: unknown) => {
      log.error({ request_id: response.locals.requestId, err }, 'request failed')
      return refusal('internalError')
    })
    response.type(RESPONSE).send(status)
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
