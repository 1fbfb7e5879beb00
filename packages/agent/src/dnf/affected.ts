import { join } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import { findServicesOf } from '../files/running-services.ts'
import type { Plan } from '../package-manager.ts'
import type { Run } from '../run.ts'
import { toRpmName, type Installed } from './installed.ts'
import { findGoing } from './save.ts'

type Host = { installed: Map<string, Installed>; run: Run; root: string }

/** Services that run files of the packages that a plan replaces or removes. */
export async function findAffected(
  plan: Plan,
  { installed, run, root }: Host,
): Promise<string[] | null> {
  const going = findGoing(plan, installed)
  if (going.length === 0) return []
  const { exitCode, stdout, stderr } = await run('rpm', [
    '--query',
    '--list',
    '--',
    ...going.map(toRpmName),
  ])
  if (exitCode !== 0)
    throw new Failure('PKG_MANAGER_ERROR', `rpm could not list the files of a package: ${stderr}`)
  // Of a package without files it says so, in the same place.
  const files = stdout.split('\n').filter((line) => line.startsWith('/'))
  return findServicesOf(join(root, 'proc'), files)
}
