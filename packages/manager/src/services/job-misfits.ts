import { Failure } from '@linux-patch/shared/failure'
import { DraftKind, type JobDraft, type NewJob, type NewJobKind } from '@linux-patch/shared/job'

/** How many packages a kind takes. */
const counts: Record<NewJobKind, { least: number; most: number; words: string }> = {
  patch_apply: { least: 0, most: 0, words: 'takes patches, not packages' },
  install: { least: 1, most: Infinity, words: 'needs at least one package' },
  update: { least: 1, most: 1, words: 'takes exactly one package' },
  remove: { least: 1, most: 1, words: 'takes exactly one package' },
  reboot: { least: 0, most: 0, words: 'takes no packages' },
}

/** Members that do not belong to the kind are refused: dropped, they would seem to have been obeyed. */
export function refuseMisfits(job: JobDraft | NewJob) {
  const { kind, packages, patches, exclude_packages, host_ids } = job
  if (new Set(host_ids).size !== host_ids.length) refuse('A host is named twice.')
  if (kind !== 'patch_apply' && patches.length + exclude_packages.length > 0)
    refuse(`${kind} takes no patches; patches and exclusions belong to patch_apply.`)
  const { least, most, words } = counts[kind]
  if (packages.length < least || packages.length > most) refuse(`${kind} ${words}.`)
}

/** What only a job that is really started can have. */
export function refuseStrays({ kind, host_ids, packages, purge, expected_digests }: NewJob) {
  if (purge && kind !== 'remove') refuse(`${kind} purges nothing; that belongs to remove.`)
  if (kind === 'remove' && packages.some(({ version }) => version !== null))
    refuse('remove takes the version that is installed; name none.')
  const bound = Object.keys(expected_digests)
  if (bound.length > 0 && !DraftKind.safeParse(kind).success)
    refuse(`${kind} has no preview that it could be bound to.`)
  const strange = bound.filter((id) => !host_ids.includes(id))
  // It would bind nothing.
  if (strange.length > 0)
    refuse(`There is a digest for a host that the job is not for: ${strange.join(', ')}.`)
}

function refuse(sentence: string): never {
  throw new Failure('invalid_request', sentence)
}
