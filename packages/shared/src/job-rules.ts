import { Failure } from './failure.ts'
import { DraftKind, type JobDraft, type NewJob, type NewJobKind } from './job.ts'

/** How many packages a kind takes. */
export const packageCounts: Record<NewJobKind, { least: number; most: number }> = {
  patch_apply: { least: 0, most: 0 },
  install: { least: 1, most: Infinity },
  update: { least: 1, most: 1 },
  remove: { least: 1, most: 1 },
  reboot: { least: 0, most: 0 },
}

/** Why a job cannot be wanted like this. A member that does not belong to its kind, dropped, would seem obeyed. */
export function faultOfDraft(job: JobDraft | NewJob): Failure | undefined {
  const { kind, packages, patches, exclude_packages, host_ids } = job
  if (new Set(host_ids).size !== host_ids.length) return fault('host_ids', 'A host is named twice.')
  if (kind !== 'patch_apply' && patches.length + exclude_packages.length > 0)
    return fault(
      'patches',
      `${kind} takes no patches; patches and exclusions belong to patch_apply.`,
    )
  const { least, most } = packageCounts[kind]
  if (packages.length < least || packages.length > most)
    return fault('packages', `${kind} ${countWords[kind]}.`)
  return undefined
}

const countWords: Record<NewJobKind, string> = {
  patch_apply: 'takes patches, not packages',
  install: 'needs at least one package',
  update: 'takes exactly one package',
  remove: 'takes exactly one package',
  reboot: 'takes no packages',
}

/** As `faultOfDraft`, and of what only a job that is really started can have. */
export function faultOfJob(job: NewJob): Failure | undefined {
  const { kind, host_ids, packages, purge, expected_digests } = job
  const wanted = faultOfDraft(job)
  if (wanted) return wanted
  if (purge && kind !== 'remove')
    return fault('purge', `${kind} purges nothing; that belongs to remove.`)
  if (kind === 'remove' && packages.some(({ version }) => version !== null))
    return fault('packages', 'remove takes the version that is installed; name none.')
  const bound = Object.keys(expected_digests)
  if (bound.length > 0 && !DraftKind.safeParse(kind).success)
    return fault('expected_digests', `${kind} has no preview that it could be bound to.`)
  const strange = bound.filter((id) => !host_ids.includes(id))
  if (strange.length === 0) return undefined
  // It would bind nothing.
  const named = strange.join(', ')
  return fault(
    'expected_digests',
    `There is a digest for a host that the job is not for: ${named}.`,
  )
}

const fault = (field: keyof NewJob, sentence: string) =>
  new Failure('invalid_request', sentence, { details: { field } })
