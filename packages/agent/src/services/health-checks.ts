import type { X509Certificate } from 'node:crypto'
import { stateOfCertificate } from '@linux-patch/shared/certificate-state'
import { Failure } from '@linux-patch/shared/failure'
import type { Shutdown } from '../files/scheduled-shutdown.ts'
import type { Damage } from '../package-manager.ts'
import type { Revocations } from './revocations.ts'
import type { Upkept } from './upkeep-state.ts'

export type Check = { state: 'ok' | 'warn' | 'error'; detail: string | null }

export type HealthDeps = {
  configProblem: () => string | null
  whitelist: () => { entries: string[]; problem: string | null; unresolved: string[] }
  certificate: () => { certificate: X509Certificate | null; problem: string | null }
  /** How it went when the manager was last asked. */
  upkeep: () => Pick<Upkept, 'failure' | 'is_retired'>
  revoked: Pick<Revocations, 'state' | 'problem' | 'until'>
  damage: () => Promise<Damage>
  rebootReasons: () => Promise<string[]>
  /** What somebody else has told the host to do, and when. */
  scheduledShutdown: () => Shutdown | null
  /** How many jobs wait, change the host just now, and have ended. Throws where the jobs cannot be read. */
  jobs: () => { waiting: number; at_work: number; ended: number }
  now: () => Date
  uptimeSeconds: () => number
}

/** To look at the packages asks dpkg and apt: not at every knock of a monitor, unless a job has ended since. */
const LOOK_KEPT_MS = 30_000
const fine: Check = { state: 'ok', detail: null }
const warn = (detail: string): Check => ({ state: 'warn', detail })
const error = (detail: string): Check => ({ state: 'error', detail })

export const checkProblem = (problem: string | null) => (problem ? warn(problem) : fine)

export function checkWhitelist({
  entries,
  problem,
  unresolved,
}: ReturnType<HealthDeps['whitelist']>): Check {
  if (problem) return warn(problem)
  if (entries.length === 0) return warn('The whitelist is empty: nobody may call.')
  return unresolved.length > 0 ? warn(`No address is known for ${unresolved.join(', ')}.`) : fine
}

/** A certificate is renewed before two thirds of its life: one in its last third was not. */
export function checkCertificate({ certificate: own, upkeep }: Certified, now: Date): Check {
  const { certificate, problem } = own()
  const { failure, is_retired } = upkeep()
  if (!certificate) return error(problem ?? 'This host is not enrolled.')
  const { validFromDate: from, validToDate: to, validTo } = certificate
  const state = stateOfCertificate({ from, to }, now)
  const why = failure ? ` It could not be renewed: ${failure}` : ''
  if (state === 'expired') return error(`The certificate expired at ${validTo}.${why}`)
  if (is_retired) return warn('The manager has retired this host. It can be enrolled anew.')
  if (problem) return warn(problem)
  return state === 'ok' ? fine : warn(`The certificate expires at ${validTo}.${why}`)
}
type Certified = Pick<HealthDeps, 'certificate' | 'upkeep'>

/** Revocations go by the last good list, however old: to be without the manager must not lock it out. */
export function checkRevoked({ revoked }: Pick<HealthDeps, 'revoked'>, now: Date): Check {
  const state = revoked.state(now)
  if (state === 'invalid') return warn(revoked.problem() ?? '')
  if (state === 'missing') return warn('There is no list of revoked certificates yet.')
  const until = revoked.until()?.toISOString()
  return state === 'expired' ? warn(`The list of revoked certificates held until ${until}.`) : fine
}

/** While a job changes the host, half of what is seen is not damage but work: nobody looks then. */
export function packageChecks(deps: HealthDeps) {
  let last = { ended: -1, until: 0, checks: Promise.resolve(nothingSeen) }
  return async () => {
    const work = workOf(deps.jobs)
    if (work && work.at_work > 0) return { ...(await last.checks), package_manager: fine }
    const ended = work?.ended ?? 0
    // The wall clock may be set back, and the answer would be kept for as long.
    const now = performance.now()
    if (ended !== last.ended || now >= last.until)
      last = { ended, until: now + LOOK_KEPT_MS, checks: look(deps) }
    return last.checks
  }
}

const nothingSeen = { package_manager: fine, pending_reboot: fine }

async function look({ damage, rebootReasons }: HealthDeps): Promise<typeof nothingSeen> {
  const [package_manager, pending_reboot] = await Promise.all([
    lookForDamage(damage),
    lookForReboot(rebootReasons),
  ])
  return { package_manager, pending_reboot }
}

async function lookForDamage(damage: HealthDeps['damage']): Promise<Check> {
  try {
    const { interrupted, broken_packages } = await damage()
    if (broken_packages.length > 0) return warn(`Broken: ${broken_packages.join(', ')}.`)
    return interrupted ? warn('A transaction was cut short; the next job repairs it first.') : fine
  } catch (cause) {
    return error(cause instanceof Failure ? cause.message : 'The package manager does not answer.')
  }
}

async function lookForReboot(rebootReasons: HealthDeps['rebootReasons']): Promise<Check> {
  try {
    const reasons = await rebootReasons()
    return reasons.length > 0 ? warn(`A reboot is due: ${reasons.join(' ')}`) : fine
  } catch {
    return warn('Whether a reboot is due cannot be told.')
  }
}

/** Whether the host will go down anyhow, before what the packages say about it: somebody has decided that. */
export function checkReboot({ scheduledShutdown }: HealthDeps, due: Check): Check {
  const shutdown = scheduledShutdown()
  if (!shutdown) return due
  const word = `Somebody has scheduled a ${shutdown.mode} of this host for ${shutdown.at.toISOString()}.`
  return warn([word, ...(due.detail ? [due.detail] : [])].join(' '))
}

export function checkJobs({ jobs }: HealthDeps): Check {
  try {
    jobs()
    return fine
  } catch (cause) {
    return error(cause instanceof Failure ? cause.message : 'The jobs cannot be read.')
  }
}

/** Undefined where the jobs cannot be read, which is a check of its own. */
function workOf(jobs: HealthDeps['jobs']) {
  try {
    return jobs()
  } catch {
    return undefined
  }
}
