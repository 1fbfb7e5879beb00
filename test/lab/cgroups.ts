import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = '/sys/fs/cgroup'

/** Where a host's own cgroup has to be made: the one tree of cgroups v2, or the trees of a hybrid. */
export const hierarchies = (): string[] =>
  existsSync(join(ROOT, 'cgroup.procs'))
    ? [ROOT]
    : ['unified', 'systemd', 'memory', 'pids']
        .map((name) => join(ROOT, name))
        .filter((path) => existsSync(join(path, 'cgroup.procs')))

/**
 * Two hosts in one cgroup would share `payload/`, and stopping a service in one fails on the
 * processes of the other. So each has its own, in every tree.
 */
export function makeCgroups(id: string): string[] {
  const folders = hierarchies().map((root) => join(root, id))
  for (const folder of folders) mkdirSync(folder, { recursive: true })
  return folders
}

/** The cgroups whose names begin so, deepest first. */
export const cgroupsOf = (prefix: string): string[] =>
  hierarchies()
    .flatMap((root) =>
      readdirSync(root)
        .filter((name) => name.startsWith(prefix))
        .map((name) => join(root, name)),
    )
    .flatMap((folder) => [folder, ...globSync(`${folder}/**/`)])
    .sort((a, b) => b.length - a.length)

export const processesOf = (prefix: string): number[] => [
  ...new Set(cgroupsOf(prefix).flatMap((folder) => pidsIn(join(folder, 'cgroup.procs')))),
]

function pidsIn(path: string): number[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean).map(Number)
  } catch {
    return [] // gone since it was listed
  }
}

export function removeCgroups(prefix: string) {
  for (const folder of cgroupsOf(prefix)) {
    try {
      rmdirSync(folder)
    } catch {
      // The caller looks whether any is left, and tries again.
    }
  }
  return cgroupsOf(prefix).length === 0
}
