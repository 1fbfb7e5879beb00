import type { Health } from '@linux-patch/shared/agent-api/system'
import { Failure } from '@linux-patch/shared/failure'
import { version } from '../config.ts'
import {
  checkCertificate,
  checkJobs,
  checkProblem,
  checkReboot,
  checkRevoked,
  checkWhitelist,
  packageChecks,
  type Check,
  type HealthDeps,
} from './health-checks.ts'

export type HealthService = ReturnType<typeof healthService>

export const healthService = (deps: HealthDeps) => {
  const lookAtPackages = packageChecks(deps)

  async function look(): Promise<Health> {
    const now = deps.now()
    const { package_manager, pending_reboot } = await lookAtPackages()
    const checks = {
      config: checkProblem(deps.configProblem()),
      certificates: checkCertificate(deps, now),
      job_queue: checkJobs(deps),
      whitelist: checkWhitelist(deps.whitelist()),
      crl: checkRevoked(deps, now),
      package_manager,
      pending_reboot: checkReboot(deps, pending_reboot),
    }
    return {
      status: worst(checks),
      version,
      uptime_seconds: Math.floor(deps.uptimeSeconds()),
      checks: mapValues(checks, ({ state }) => state),
      crl: deps.revoked.state(now),
      details: details(checks),
    }
  }

  return {
    look,

    /** Throws SERVICE_UNHEALTHY where the agent cannot do its work; degraded is still an answer. */
    async get(): Promise<Health> {
      const health = await look()
      if (health.status === 'unhealthy') throw unhealthy(health)
      return health
    },
  }
}

type Checks = Record<keyof Health['checks'], Check>

/** A host that waits for its reboot is as well as it was before. */
function worst({ pending_reboot, ...telling }: Checks): Health['status'] {
  const states = new Set(Object.values(telling).map(({ state }) => state))
  if (states.has('error')) return 'unhealthy'
  return states.has('warn') ? 'degraded' : 'healthy'
}

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
