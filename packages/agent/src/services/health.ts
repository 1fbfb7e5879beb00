import type { X509Certificate } from 'node:crypto'
import type { Health } from '@linux-patch/shared/agent-api'
import { Failure } from '@linux-patch/shared/failure'
import { version } from '../config.ts'
import type { Damage } from '../package-manager.ts'

export type Check = { state: 'ok' | 'warn' | 'error'; detail: string | null }

type Deps = {
  configProblem: () => string | null
  whitelist: () => { entries: string[]; problem: string | null; unresolved: string[] }
  certificate: () => { certificate: X509Certificate | null; problem: string | null }
  damage: () => Promise<Damage>
  /** How many jobs wait, change the host just now, and have ended. Throws where the jobs cannot be read. */
  jobs: () => { waiting: number; at_work: number; ended: number }
  now: () => Date
  uptimeSeconds: () => number
}

/** To look for damage asks dpkg and apt: not at every knock of a monitor, unless a job has ended since. */
const DAMAGE_KEPT_MS = 30_000
const fine: Check = { state: 'ok', detail: null }
const warn = (detail: string): Check => ({ state: 'warn', detail })
const error = (detail: string): Check => ({ state: 'error', detail })

export const healthService = (deps: Deps) => {
  const look = packageManagerCheck(deps)
  return {
    /** Throws SERVICE_UNHEALTHY where the agent cannot do its work; degraded is still an answer. */
    async get(): Promise<Health> {
      const checks = {
        config: checkConfig(deps.configProblem()),
        certificates: checkCertificate(deps.certificate(), deps.now()),
        package_manager: await look(),
        job_queue: checkJobs(deps),
        whitelist: checkWhitelist(deps.whitelist()),
      }
      const health = {
        status: worst(Object.values(checks)),
        version,
        uptime_seconds: Math.floor(deps.uptimeSeconds()),
        checks: mapValues(checks, ({ state }) => state),
        details: details(checks),
      }
      if (health.status === 'unhealthy') throw unhealthy(health)
      return health
    },
  }
}

const checkConfig = (problem: string | null) => (problem ? warn(problem) : fine)

function checkWhitelist({ entries, problem, unresolved }: ReturnType<Deps['whitelist']>): Check {
  if (problem) return warn(problem)
  if (entries.length === 0) return warn('The whitelist is empty: nobody may call.')
  return unresolved.length > 0 ? warn(`No address is known for ${unresolved.join(', ')}.`) : fine
}

/** A certificate is renewed at two thirds of its life: one in its last third was not. */
function checkCertificate(
  { certificate, problem }: ReturnType<Deps['certificate']>,
  now: Date,
): Check {
  if (!certificate) return error(problem ?? 'This host is not enrolled.')
  const { validFromDate: from, validToDate: to, validTo } = certificate
  if (now >= to) return error(`The certificate expired at ${validTo}.`)
  if (problem) return warn(problem)
  const left = to.getTime() - now.getTime()
  const life = to.getTime() - from.getTime()
  return left < life / 3 ? warn(`The certificate expires at ${validTo}.`) : fine
}

/** While a job changes the host, half of what is seen is not damage but work: nobody looks then. */
function packageManagerCheck({ damage, jobs }: Deps) {
  let last = { ended: -1, until: 0, check: Promise.resolve(fine) }
  return async (): Promise<Check> => {
    const work = workOf(jobs)
    if (work && work.at_work > 0) return fine
    const ended = work?.ended ?? 0
    // The wall clock may be set back, and the answer would be kept for as long.
    const moment = performance.now()
    if (ended !== last.ended || moment >= last.until)
      last = { ended, until: moment + DAMAGE_KEPT_MS, check: lookForDamage(damage) }
    return last.check
  }
}

async function lookForDamage(damage: Deps['damage']): Promise<Check> {
  try {
    const { interrupted, broken_packages } = await damage()
    if (broken_packages.length > 0) return warn(`Broken: ${broken_packages.join(', ')}.`)
    return interrupted ? warn('A transaction was cut short; the next job repairs it first.') : fine
  } catch (cause) {
    return error(cause instanceof Failure ? cause.message : 'The package manager does not answer.')
  }
}

function checkJobs({ jobs }: Deps): Check {
  try {
    jobs()
    return fine
  } catch (cause) {
    return error(cause instanceof Failure ? cause.message : 'The jobs cannot be read.')
  }
}

/** Undefined where the jobs cannot be read, which is a check of its own. */
function workOf(jobs: Deps['jobs']) {
  try {
    return jobs()
  } catch {
    return undefined
  }
}

function worst(checks: Check[]): Health['status'] {
  const states = new Set(checks.map(({ state }) => state))
  if (states.has('error')) return 'unhealthy'
  return states.has('warn') ? 'degraded' : 'healthy'
}

type Checks = Record<keyof Health['checks'], Check>

const mapValues = <Value>(checks: Checks, to: (check: Check) => Value) =>
  Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, to(check)])) as Record<
    keyof Checks,
    Value
  >

const details = (checks: Checks) =>
  Object.fromEntries(
    Object.entries(checks).flatMap(([name, { detail }]) => (detail ? [[name, detail]] : [])),
  )

const unhealthy = (health: Health) =>
  new Failure('SERVICE_UNHEALTHY', Object.values(health.details).join(' '), { details: health })
