import type { JobHost } from '@linux-patch/shared/job'
import type { HostPreview } from '@linux-patch/shared/job-preview'
import type { Package } from '@linux-patch/shared/package'

export type Evidence = {
  name: string
  /** What was pending before the job, as the manager listed it. */
  pending: Pick<Package, 'name' | 'version' | 'available_version' | 'blocked_by'>[]
  /** What the host said that the job would do. */
  preview: Pick<HostPreview, 'transaction' | 'error'>
  /** What the job says that it did. */
  part: Pick<JobHost, 'status' | 'last_error' | 'changes'>
  /** What dpkg says in the host: versions by name. */
  installed: Map<string, string>
}

/** All that keeps a host's part of the job from being proven, in sentences. None: it is. */
export function doubts({ name: host, pending, preview, part, installed }: Evidence): string[] {
  const wanted = pending.filter(({ blocked_by }) => blocked_by === null)
  const changes = new Map(part.changes.map((change) => [change.name, change]))
  return [
    part.status !== 'completed' && `${host}: the job is ${part.status}: ${part.last_error}`,
    preview.error && `${host}: there is no preview: ${preview.error.message}`,
    preview.transaction &&
      planOf(preview.transaction) !== planOf(part) &&
      `${host}: the preview says ${planOf(preview.transaction)}, and the job ${planOf(part)}`,
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
  ].filter((doubt) => typeof doubt === 'string')
}

type Planned = Pick<JobHost['changes'][number], 'name' | 'version_planned'>

const planOf = ({ changes }: { changes: Planned[] }) =>
  changes
    .map(({ name, version_planned }) => `${name} ${version_planned}`)
    .toSorted((one, other) => (one < other ? -1 : 1))
    .join(', ')

type RollbackEvidence = Pick<Evidence, 'name' | 'part' | 'installed'> & {
  /** What the rollback says that it did. */
  back: Pick<JobHost, 'status' | 'last_error'>
}

/** All that keeps a host's rollback from being proven: dpkg must have what there was before the job. */
export function doubtsOfRollback({ name: host, part, back, installed }: RollbackEvidence) {
  return [
    back.status !== 'completed' && `${host}: the rollback is ${back.status}: ${back.last_error}`,
    ...part.changes.map(({ name, version_before }) => {
      const found = installed.get(name) ?? null
      return (
        found !== version_before &&
        `${host}: dpkg has ${name} ${found ?? 'not installed'}, and before the job it was ${version_before}`
      )
    }),
  ].filter((doubt) => doubt !== false)
}
