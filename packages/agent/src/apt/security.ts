import { Failure } from '@linux-patch/shared/failure'
import type { Run } from '../run.ts'
import { isSecurity, parseReleases, type Policy, type Releases } from './policy.ts'
import type { Step } from './simulation.ts'
import { askPolicy } from './updates.ts'
import { isNewer } from './versions.ts'

type Deps = Parameters<typeof askPolicy>[0]

/**
 * The names of the changes that bring a fix. Between the version that goes and the one that comes there may be one
 * of the security archive, which a point release has taken over: so the archives of the new one are not enough.
 */
export async function findSecurity(steps: Step[], deps: Deps): Promise<Set<string>> {
  const newer = steps.filter(({ action }) => action === 'upgrade' || action === 'install')
  if (newer.length === 0) return new Set()
  const [policies, releases] = await Promise.all([
    askPolicy(
      deps,
      newer.map(({ name }) => name),
    ),
    askReleases(deps),
  ])
  const fixing = newer.filter((step) => isFix(step, policies.get(step.name), releases))
  return new Set(fixing.map(({ name }) => name))
}

export function isFix(step: Step, policy: Policy | undefined, releases: Releases): boolean {
  const { version_before: before, version_planned: planned } = step
  return (policy?.versions ?? []).some(
    ({ version, archives }) =>
      planned !== null &&
      !isNewer(version, planned) &&
      (before === null ? version === planned : isNewer(version, before)) &&
      archives.some((archive) => isSecurity(archive, releases)),
  )
}

async function askReleases({ run, cacheOptions }: { run: Run; cacheOptions: string[] }) {
  const { exitCode, stdout, stderr } = await run('aptCache', [...cacheOptions, 'policy'])
  if (exitCode === 0) return parseReleases(stdout)
  throw new Failure('PKG_MANAGER_ERROR', `apt-cache could not read the package lists: ${stderr}`)
}
