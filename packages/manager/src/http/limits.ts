import { placeOf, type Contract } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import { peerOf } from '@linux-patch/shared/serve'
import type { Router } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'

/** How many requests a minute one address may make, by the endpoints' rate class. */
export type RatesPerMinute = Record<string, number>

const MINUTE = 60_000

/** Counts the requests of every endpoint that names a rate, by the address that they come from. */
export function limitRates(router: Router, contract: Contract, rates: RatesPerMinute) {
  const limiters = Object.fromEntries(
    Object.entries(rates).map(([name, limit]) => [name, limiterOf(limit)]),
  )
  for (const endpoint of Object.values(contract)) {
    if (endpoint.rate === undefined) continue
    const limiter = limiters[endpoint.rate]
    if (!limiter) throw new Error(`No limit is set for the rate class ${endpoint.rate}.`)
    const { method, path } = placeOf(endpoint)
    const verb = method.toLowerCase() as Lowercase<typeof method>
    for (const place of [path, ...(endpoint.aliases ?? [])]) router[verb](place, limiter)
  }
}

/** Who has one address of IPv6 has its whole /64. */
export const networkOf = (address: string) => ipKeyGenerator(address, 64)

export const limiterOf = (limit: number) =>
  rateLimit({
    windowMs: MINUTE,
    limit,
    legacyHeaders: false,
    keyGenerator: (request) => networkOf(peerOf(request)),
    handler: (request, _response, next) => {
      const { resetTime } = (request as { rateLimit?: { resetTime?: Date } }).rateLimit ?? {}
      const left = resetTime ? Math.ceil((resetTime.getTime() - Date.now()) / 1000) : MINUTE / 1000
      const details = { retry_after_seconds: Math.max(1, left) }
      next(
        new Failure('rate_limited', 'Too many requests from your address: wait a little.', {
          details,
        }),
      )
    },
  })
