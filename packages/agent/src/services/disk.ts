import { stat, statfs } from 'node:fs/promises'
import { Failure } from '@linux-patch/shared/failure'
import type { DiskChange } from '@linux-patch/shared/transaction'
import type { Plan } from '../package-manager.ts'

export type Disk = { device: number; free_bytes: number }
/** Undefined where there is no such folder. */
export type LookAtDisk = (folder: string) => Promise<Disk | undefined>

export const lookAtDisk: LookAtDisk = async (folder) => {
  try {
    const [{ dev }, { bavail, bsize }] = await Promise.all([stat(folder), statfs(folder)])
    return { device: dev, free_bytes: bavail * bsize }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const MIB = 1024 * 1024
const MARGIN_BYTES = 50 * MIB
const MARGIN = 1.1
/** A kernel with the image that its host builds for it. */
const KERNEL_BYTES = 200 * MIB
const KERNEL = /^(linux-image-\d|kernel(-core)?$)/

/** Where the bytes of a transaction go; folders of one file system are counted together, under the first of them. */
const placesOf = ({ changes, download_bytes, disk_bytes }: Plan) => [
  { mount: '/', needed_bytes: 0 },
  { mount: '/usr', needed_bytes: disk_bytes },
  { mount: '/var', needed_bytes: download_bytes },
  { mount: '/boot', needed_bytes: changes.some(isNewKernel) ? KERNEL_BYTES : 0 },
]

const isNewKernel = ({ name, action }: Plan['changes'][number]) =>
  KERNEL.test(name) && action !== 'remove'

export async function diskChanges(plan: Plan, look: LookAtDisk = lookAtDisk) {
  const byDevice = new Map<number, DiskChange>()
  for (const { mount, needed_bytes } of placesOf(plan)) {
    const disk = await look(mount)
    if (!disk) continue
    const { device, free_bytes } = disk
    const known = byDevice.get(device) ?? { mount, needed_bytes: 0, free_bytes }
    byDevice.set(device, { ...known, needed_bytes: known.needed_bytes + needed_bytes })
  }
  return [...byDevice.values()]
}

/**
 * Refuses a transaction that the disk has no room for: apt itself looks at the downloads only, and a disk that
 * fills up while packages are unpacked leaves them half there.
 */
export async function checkDisk(plan: Plan, look: LookAtDisk = lookAtDisk): Promise<void> {
  // What is freed comes too late to make room for the downloads.
  const growing = { ...plan, disk_bytes: Math.max(0, plan.disk_bytes) }
  for (const disk of await diskChanges(growing, look)) checkRoom(disk)
}

function checkRoom({ mount, needed_bytes, free_bytes }: DiskChange) {
  const needed = needed_bytes === 0 ? 0 : Math.ceil(needed_bytes * MARGIN) + MARGIN_BYTES
  if (free_bytes >= needed) return
  throw new Failure(
    'PKG_MANAGER_ERROR',
    `There is not enough room in ${mount}: the job needs ${inMiB(needed)}, free are ${inMiB(free_bytes)}.`,
  )
}

const inMiB = (bytes: number) => `${Math.ceil(bytes / MIB)} MiB`
