import { readFile } from 'node:fs/promises'
import { isMissing } from '../files/missing.ts'
import type { PackageState, Snapshot } from '../package-manager.ts'
import type { Run } from '../run.ts'
import { askNative, queryInstalled } from './installed.ts'

/** dpkg's word on every package, and apt's on which of them came as a dependency only. */
export async function takeSnapshot(run: Run, marksFile: string): Promise<Snapshot> {
  const [installed, marks, native] = await Promise.all([
    queryInstalled(run),
    readMarks(marksFile),
    askNative(run),
  ])
  const automatic = parseAutomatic(marks, native)
  return Object.fromEntries(
    installed.map(({ name, version, status }): [string, PackageState] => [
      name,
      { version, state: status, automatic: automatic.has(name) },
    ]),
  )
}

/** apt writes it only once there is something to mark. */
async function readMarks(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
}

/**
 * Reads `/var/lib/apt/extended_states`, which names the host's own architecture too, also for what has none:
 *
 *     Package: libsmartcols1
 *     Architecture: amd64
 *     Auto-Installed: 1
 */
export function parseAutomatic(text: string, native: string): Set<string> {
  const automatic = new Set<string>()
  for (const stanza of text.split(/\n\n+/)) {
    const field = (name: string) => new RegExp(`^${name}: (\\S+)$`, 'm').exec(stanza)?.[1]
    const [name, architecture] = [field('Package'), field('Architecture')]
    if (name && field('Auto-Installed') === '1')
      automatic.add(architecture === native ? name : `${name}:${architecture}`)
  }
  return automatic
}
