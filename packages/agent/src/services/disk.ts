import { stat, statfs } from 'node:fs/promises'
import { Failure } from '@linux-patch/shared/failure'
import type { Plan } from '../package-manager.ts'

export type Disk = { device: number; free_bytes: number }
export type LookAtDisk = (folder: string) => Promise<Disk>

export const lookAtDisk: LookAtDisk = async (folder) => {
  const [{ dev }, { bavail, bsize }] = await Promise.all([stat(folder), statfs(folder)])
  return { device: dev, free_bytes: bavail * bsize }
}

const MARGIN_BYTES = 50 * 1024 * 1024
const MARGIN = 1.1

/**
 * Refuses a transaction that the disk has no room for: apt itself looks at the downloads only, and a disk that
 * fills up while packages are unpacked leaves them half there.
 */
export async function checkDisk(plan: Plan, look: LookAtDisk = lookAtDisk): Promise<void> {
  const [variable, programs] = await Promise.all([look('/var'), look('/usr')])
  const grows = Math.max(0, plan.disk_bytes)
  const areOne = variable.device === programs.device
  checkRoom('/var', variable, plan.download_bytes + (areOne ? grows : 0))
  checkRoom('/usr', programs, grows)
}

function checkRoom(folder: string, { free_bytes }: Disk, bytes: number) {
  const needed = bytes === 0 ? 0 : Math.ceil(bytes * MARGIN) + MARGIN_BYTES
  if (free_bytes >= needed) return
  throw new Failure(
    'PKG_MANAGER_ERROR',
    `There is not enough room in ${folder}: the job needs ${inMiB(needed)}, free are ${inMiB(free_bytes)}.`,
  )
}

const inMiB = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MiB`
