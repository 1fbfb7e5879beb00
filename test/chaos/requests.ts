import type { CallOptions } from '@linux-patch/shared/contract'
import type { Draw, Target } from './draws.ts'
import { versionOf, type HostState } from './state.ts'
import type { Past, World } from './world.ts'

/** What is asked of the agent, and what the host must be like once it is done. */
export type Request = {
  title: string
  start: (options: CallOptions) => Promise<{ job_id: string }>
  /** Versions by name; null must be gone. */
  wanted: Record<string, string | null>
  /** How apt is asked whether it would do the same. */
  simulation?: string
  /** The job that is to be taken back. */
  original?: Past
}
type Api = World['host']['api']

/** Makes of a draw something to ask of the host as it is now. */
export function requestOf(draw: Draw, { host: { api }, past }: World, now: HostState): Request {
  const { wish } = draw
  if (wish.kind === 'move') return toMove(draw, { targets: wish.targets, api, now })
  const original = wish.kind === 'rollback' ? past.at(-1 - wish.back) : undefined
  if (original) return toRollback(original, api)
  return { title: 'all patches', start: (options) => api.applyPatches({}, options), wanted: {} }
}

const toRollback = (original: Past, api: Api): Request => ({
  title: `take back "${original.title}"`,
  start: (options) => api.rollbackJob({ job_id: original.job.job_id }, options),
  wanted: {},
  original,
})

type Move = { targets: Target[]; api: Api; now: HostState }

function toMove(draw: Draw, { targets, api, now }: Move): Request {
  const coming = targets.filter(({ version }) => version !== null)
  const [first] = targets
  if (coming.length > 1) return toInstall(coming, api)
  if (!first) throw new Error('There is no draw without a target.')
  const { name } = first
  const here = versionOf(now, name)
  const version = first.version === here ? first.other : first.version
  if (version === null) return toRemove(name, draw, api)
  return here === null ? toInstall([{ name, version }], api) : toUpdate(name, version, api)
}

const MAY_GO_BACK = { allow_downgrade: true }
const SIMULATED = 'apt-get --simulate --no-remove --allow-downgrades install'
const exactly = ({ name, version }: Pick<Target, 'name' | 'version'>) => `${name}=${version}`

function toInstall(targets: Pick<Target, 'name' | 'version'>[], api: Api): Request {
  const packages = targets.map(({ name, version }) => ({ name, version }))
  const words = packages.map(exactly).join(' ')
  return {
    title: `install ${words}`,
    start: (options) => api.installPackages({ packages, options: MAY_GO_BACK }, options),
    wanted: Object.fromEntries(packages.map(({ name, version }) => [name, version])),
    simulation: `${SIMULATED} ${words}`,
  }
}

const toUpdate = (name: string, version: string, api: Api): Request => ({
  title: `update ${name} to ${version}`,
  start: (options) => api.updatePackage({ name, version, options: MAY_GO_BACK }, options),
  wanted: { [name]: version },
  simulation: `${SIMULATED} ${name}=${version}`,
})

const toRemove = (name: string, { purge, force }: Draw, api: Api): Request => ({
  title: `${purge ? 'purge' : 'remove'} ${name}${force ? ' by force' : ''}`,
  start: (options) => api.removePackage({ name, purge, force }, options),
  wanted: { [name]: null },
  // Without force nothing else may go: so apt is asked whether it would take one package alone.
  simulation: `[ $(apt-get --simulate remove ${name} | grep -c ^Remv) = 1 ]`,
})
