import type { JobHost } from '@linux-patch/shared/job'
import type { Package } from '@linux-patch/shared/package'

export type Evidence = {
  name: string
  /** What was pending before the job, as the manager listed it. */
  pending: Pick<Package, 'name' | 'version' | 'available_version' | 'blocked_by'>[]
  /** What the job says that it did. */
  part: Pick<JobHost, 'status' | 'last_error' | 'changes'>
  /** What dpkg says in the host: versions by name. */
  installed: Map<string, string>
}

/** All that keeps a host's part of the job from being proven, in sentences. None: it is. */
export function doubts({ name: host, pending, part, installed }: Evidence): string[] {
  const wanted = pending.filter(({ blocked_by }) => blocked_by === null)
  const changes = new Map(part.changes.map((change) => [change.name, change]))
  return [
    part.status !== 'completed' && `${host}: the job is ${part.status}: ${part.last_error}`,
    wanted.length === 0 && `${host}: nothing was pending, so nothing was shown`,
    ...wanted.map(({ name, version, available_version }) => {
      const change = changes.get(name)
      if (!change) return `${host}: the job does not say what became of ${name}`
      const told = `${change.version_before} → ${change.version_after}, ${change.outcome}`
      return (
        told !== `${version} → ${available_version}, done` &&
        `${host}: ${name} was to be ${version} → ${available_version}, and the job says ${told}`
      )
    }),
    ...part.changes.map(({ name, version_after }) => {
      const found = installed.get(name) ?? null
      return (
        found !== version_after &&
        `${host}: dpkg has ${name} ${found ?? 'not installed'}, and the job says ${version_after}`
      )
    }),
  ].filter((doubt) => doubt !== false)
}
