import { isFinalPart } from '@linux-patch/shared/job-moves'
import type { Job, JobHost, JobKind, NewJob, NewJobKind } from '@linux-patch/shared/job'

/** What a link to the form already knows of the job; the person fills in the rest. */
export type Draft = Partial<Pick<NewJob, 'kind' | 'host_ids' | 'patches'>> & { packages?: Wanted[] }
type Wanted = { name: string; version: string | null }
type What = Pick<Job, 'kind' | 'packages' | 'patches'>

export const kindWords: Record<NewJobKind, string> = {
  patch_apply: 'Apply patches',
  update: 'Update a package',
  install: 'Install packages',
  remove: 'Remove a package',
  reboot: 'Reboot',
}

/** `Apply all patches`, `Update openssl`: the name of a job. */
export function titleOf({ kind, packages, patches }: What): string {
  if (kind === 'reboot') return 'Reboot'
  if (kind === 'rollback' && packages.length === 0) return 'Roll back a job'
  if (kind !== 'patch_apply') return `${verbs[kind]} ${some(packages.map(spelt))}`
  if (patches.length === 0) return 'Apply all patches'
  return patches.length === 1 ? `Apply ${patches[0]}` : `Apply ${patches.length} patches`
}

const verbs: Record<Exclude<JobKind, 'patch_apply' | 'reboot'>, string> = {
  install: 'Install',
  update: 'Update',
  remove: 'Remove',
  rollback: 'Roll back',
}

/** What will happen on each of the hosts, as the last question before it does. */
export function effectOf({
  kind,
  packages,
  patches,
  exclude_packages,
  purge,
}: Omit<What, 'kind'> & Pick<NewJob, 'kind' | 'exclude_packages' | 'purge'>) {
  const names = list.format(packages.map(spelt))
  if (kind === 'install') return `Installs ${names}, with what that needs.`
  if (kind === 'update') return `Updates ${names}, with what that needs.`
  if (kind === 'remove')
    return `Removes ${names}${purge ? ' and its configuration' : ''}. A host where other packages need it refuses.`
  if (kind === 'reboot') return 'Reboots each host. One where a job runs refuses.'
  const which = patches.length === 0 ? 'every available patch' : list.format(patches)
  const but =
    exclude_packages.length > 0 ? `, but leaves ${list.format(exclude_packages)} alone` : ''
  return `Applies ${which}${but}.`
}

/** Its host was told to stop, and has not said that it does not. */
export const isStopping = ({ status, cancel_requested_at, cancel_refused }: JobHost) =>
  !isFinalPart(status) && cancel_requested_at !== null && cancel_refused === null

export const hostCount = (count: number) => (count === 1 ? '1 host' : `${count} hosts`)

/** As the form takes it: `openssl`, or `openssl=3.0.22-1`. */
export const spelt = ({ name, version }: Wanted) => (version === null ? name : `${name}=${version}`)

export function parseWanted(text: string): Wanted {
  const [name = '', version = null] = text.trim().split(/=(.*)/s)
  return { name, version }
}

const list = new Intl.ListFormat('en')
const some = (names: string[]) =>
  names.length > 3
    ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
    : list.format(names)
