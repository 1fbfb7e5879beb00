import { managerApi } from '@linux-patch/shared/manager-api'
import { refuseOtherMethods, refuseUnknownRoutes } from '@linux-patch/shared/refuse'
import { nameRequest, serve } from '@linux-patch/shared/serve'
import express, { type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import type { Log } from '../log.ts'
import { door, type AdmitDeps } from './admit.ts'
import { limitRates, type RatesPerMinute } from './limits.ts'
import { refuseOtherSites } from './origin.ts'
import { servePage } from './page.ts'
import { servePublicKeys } from './public-keys.ts'
import { recordingRefusals } from './refusals.ts'
import { replyBare } from './reply.ts'
import { routes } from './routes.ts'
import type { Services } from './services.ts'

type AppDeps = {
  services: Services
  rates: RatesPerMinute
  /** Addresses and networks of proxies whose word on where a request comes from is taken. */
  trusted_proxies: string[]
  /** Where the built page lies. */
  page_folder: string
  onRefused: AdmitDeps['onRefused']
  log: Log
}

/** Everything that is asked over HTTPS: the API, and the page for all that is not the API. */
export function app({ services, rates, page_folder, onRefused, log, ...deps }: AppDeps): Express {
  const application = express()
  application.set('trust proxy', deps.trusted_proxies)
  application.disable('x-powered-by')
  application.set('etag', false)
  application.use(nameRequest, helmet(protection), refuseOtherSites)
  application.use('/api', keepNowhere)

  const { admit, permit } = door({ ...services, onRefused })
  limitRates(application, managerApi, rates)
  serve(application, {
    contract: managerApi,
    handlers: recordingRefusals(routes(services), onRefused),
    admit,
    admitAgain: admit,
    permit,
    manners: { badRequest: 'invalid_request', wrap: (_requestId, answer) => answer },
  })
  servePublicKeys(application, { ...services, perMinute: rates.pki ?? 0, log })
  refuseOtherMethods(application, managerApi, 'invalid_request')
  application.use('/api', refuseUnknownRoutes('not_found'))
  servePage(application, page_folder)
  application.use(refuseUnknownRoutes('not_found'))
  application.use(replyBare(log))
  return application
}

/** Answers, refusals too, may bear what only their asker is to have. */
const keepNowhere: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store')
  next()
}

const protection: Parameters<typeof helmet>[0] = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      // Mantine sets its sizes and colours as inline styles.
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      fontSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: 'deny' },
  // A certificate of one's own authority must not be pinned into browsers for months.
  strictTransportSecurity: false,
}
