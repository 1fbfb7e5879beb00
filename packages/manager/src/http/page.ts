import { existsSync } from 'node:fs'
import { join } from 'node:path'
import express, { type Express } from 'express'

/** The built page. Its files bear a hash in their names and may be kept; the page itself is asked for each time. */
export function servePage(application: Express, folder: string) {
  const assets = join(folder, 'assets')
  application.use(
    '/assets',
    express.static(assets, { immutable: true, maxAge: '1y', index: false, redirect: false }),
  )
  application.get('/{*path}', (request, response, next) => {
    if (request.path.startsWith('/assets/')) return next()
    response.set('Cache-Control', 'no-cache')
    if (existsSync(join(folder, 'index.html')))
      return response.sendFile('index.html', { root: folder })
    response.status(503).type('text').send('The page is not built: run `npm run build-page`.\n')
  })
}
