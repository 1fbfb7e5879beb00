import { Failure } from '@linux-patch/shared/failure'
import type { Package } from '@linux-patch/shared/package'
import type { TransactionRequest } from './package-manager.ts'

/** What apt and dnf tell in the same words. */
type Present = Pick<
  Package,
  | 'name'
  | 'version'
  | 'architecture'
  | 'status'
  | 'description'
  | 'size_bytes'
  | 'installed_at'
  | 'maintainer'
>
type Judged<Update> = {
  isSecurity: (update: Update) => Package['security']
  blockedBy: (update: Update) => Package['blocked_by']
}

/** A package's row in the list, which its own page says too. Without lists, whether it has an update is unknown. */
export function toRow<Update extends { version: string }>(
  installed: Present,
  updates: Map<string, Update> | null,
  { isSecurity, blockedBy }: Judged<Update>,
): Omit<Package, 'dependencies'> {
  const { name, version, architecture, status, description } = installed
  const { size_bytes, installed_at, maintainer } = installed
  const update = updates?.get(name)
  return {
    name,
    version,
    architecture,
    status,
    description,
    size_bytes,
    installed_at,
    maintainer,
    upgradable: updates ? update !== undefined : null,
    available_version: update?.version ?? null,
    security: updates ? (update ? isSecurity(update) : false) : null,
    blocked_by: update ? blockedBy(update) : null,
  }
}

/** Refuses what would have to go besides, unless there is none: it is somebody's who did not ask. */
export function refuseRemovals(
  names: string[],
  { operation }: Pick<TransactionRequest, 'operation'>,
): void {
  if (names.length === 0) return
  const more = names.join(', ')
  throw new Failure(
    'PKG_DEPENDENCY_ERROR',
    operation === 'rollback'
      ? `To go back would remove ${more}, which came later and is needed now.`
      : `${more} could not stay without what is to be removed.`,
  )
}
