import { join } from 'node:path'
import { findInProcesses } from '../files/outdated-services.ts'
import { programs, type Run } from '../run.ts'
import { statOrNull } from './state.ts'

type Host = { run: Run; root: string }

/** Services that run files which are not there any more as they were. */
export async function findOutdated({ run, root }: Host): Promise<string[] | null> {
  if (await statOrNull(join(root, programs.needrestart))) {
    const { exitCode, stdout } = await run('needrestart', ['-b', '-l', '-r', 'l'])
    if (exitCode === 0 && stdout.includes('NEEDRESTART-VER:')) return parseNeedrestart(stdout)
  }
  return findInProcesses(join(root, 'proc'))
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
