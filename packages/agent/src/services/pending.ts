import type { Package } from '@linux-patch/shared/package'
import type { Listing, PackageManager } from '../package-manager.ts'

export type Pending = { total: number; security: number | null; blocked: number }

/** How many updates there are for the host; null where no package list says. */
export function pendingUpdates(packages: Package[]): Pending | null {
  const present = packages.filter(({ status }) => status !== 'residual')
  if (present.some(({ upgradable }) => upgradable === null)) return null
  const updates = present.filter(({ upgradable }) => upgradable)
  return {
    total: updates.length,
    security: updates.some(({ security }) => security === null)
      ? null
      : updates.filter(({ security }) => security).length,
    blocked: updates.filter(({ blocked_by }) => blocked_by !== null).length,
  }
}

/** The list once it is known what is held back, for which the list by itself does not wait but the patches do. */
export async function listSettled(
  packageManager: Pick<PackageManager, 'list' | 'patches'>,
): Promise<Listing> {
  await packageManager.patches()
  return packageManager.list()
}
