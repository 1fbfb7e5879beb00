import { join } from 'node:path'
import { statOrNull } from '../files/missing.ts'
import { findOutdatedServices, findServicesOf } from '../files/running-services.ts'
import type { Plan } from '../package-manager.ts'
import { programs, type Run } from '../run.ts'
import type { Installed } from './installed.ts'
import { infoFilesOf, readInfoFolder, readList } from './package-files.ts'

type Host = { run: Run; root: string }

/** Services that run files which are not there any more as they were. */
export async function findOutdated({ run, root }: Host): Promise<string[] | null> {
  if (await statOrNull(join(root, programs.needrestart))) {
    const { exitCode, stdout } = await run('needrestart', ['-b', '-l', '-r', 'l'])
    if (exitCode === 0 && stdout.includes('NEEDRESTART-VER:')) return parseNeedrestart(stdout)
  }
  return findOutdatedServices(join(root, 'proc'))
}

/** Services that run files of the packages that a plan replaces or removes. */
export async function findAffected(
  { changes }: Pick<Plan, 'changes'>,
  { installed, root }: { installed: Map<string, Installed>; root: string },
): Promise<string[] | null> {
  const info = await readInfoFolder(root)
  const files: string[] = []
  for (const { name, version_before } of changes) {
    const before = version_before === null ? undefined : installed.get(name)
    if (before) files.push(...(await readList(infoFilesOf(before, info))))
  }
  return findServicesOf(join(root, 'proc'), files)
}

/**
 * Reads `needrestart -b`:
 *
 *     NEEDRESTART-VER: 3.6
 *     NEEDRESTART-SVC: dbus.service
 */
export const parseNeedrestart = (stdout: string): string[] =>
  [
    ...new Set([...stdout.matchAll(/^NEEDRESTART-SVC: (\S+)$/gm)].map(([, name = '']) => name)),
  ].toSorted()
