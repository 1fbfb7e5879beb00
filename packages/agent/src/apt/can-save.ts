import type { Rollback } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import { statOrNull } from '../files/missing.ts'
import type { Plan } from '../package-manager.ts'
import { cachedFile } from './archive-cache.ts'
import { readExceptions, type Exceptions } from './exceptions.ts'
import type { Installed } from './installed.ts'
import { findContents, findInfoFiles } from './package-files.ts'
import type { PlanDeps } from './plan.ts'
import { askStatus, changedConffiles, missingFiles } from './repack.ts'
import { askPolicy } from './updates.ts'

export type SaveDeps = Omit<PlanDeps, 'options' | 'askStanzas'>
export type Installs = Map<string, Installed>

export async function canSave(plan: Plan, installed: Installs, deps: SaveDeps): Promise<Rollback> {
  const going = findGoing(plan, installed)
  const [offered, exceptions] = await Promise.all([
    askOffered(going, deps),
    readExceptions(deps.root),
  ])
  const reasons = await Promise.all(
    going.map(async (one) => {
      if (offered.has(one.name) || (await statOrNull(cachedFile(one, deps.root)))) return undefined
      return findObstacle(one, { ...deps, exceptions })
    }),
  )
  const reason = reasons.find((text) => text !== undefined) ?? null
  return { possible: reason === null, reason }
}

/** The packages that a plan replaces or removes. */
export const findGoing = ({ changes }: Plan, installed: Installs) =>
  changes.flatMap(({ name, version_before }) => {
    const one = version_before === null ? undefined : installed.get(name)
    return one && one.status !== 'residual' ? [one] : []
  })

/** Why a package could not be made again from what is installed of it. */
async function findObstacle(one: Installed, deps: SaveDeps & { exceptions: Exceptions }) {
  if (one.status === 'broken') return notWhole(one).message
  const { root, run, exceptions } = deps
  const [info, stanza] = await Promise.all([findInfoFiles(one, root), askStatus(one, run)])
  const left = await changedConffiles(stanza, root)
  const contents = await findContents({ name: one.name, info, left }, { ...exceptions, root })
  return contents.missing.length > 0 ? missingFiles(one, contents).message : undefined
}

export const notWhole = ({ name, version }: Installed) =>
  new Failure(
    'PKG_MANAGER_ERROR',
    `No archive has ${name} ${version}, and it is only half installed.`,
  )

/** Which of them an archive still offers as they are. */
export async function askOffered(going: Installed[], deps: SaveDeps): Promise<Set<string>> {
  const names = going.map(({ name }) => name)
  const policies = await askPolicy(deps, names)
  const isOffered = ({ name, version }: Installed) =>
    policies
      .get(name)
      ?.versions.some(
        (offer) =>
          offer.version === version && offer.archives.some((archive) => !archive.startsWith('/')),
      )
  return new Set(going.filter(isOffered).map(({ name }) => name))
}
