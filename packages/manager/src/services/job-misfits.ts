import { Failure } from '@linux-patch/shared/failure'
import type { JobDraft, NewJob } from '@linux-patch/shared/job'

/** Members that do not belong to the kind are refused: dropped, they would seem to have been obeyed. */
export function refuseMisfits({ kind, packages, patches, exclude_packages, host_ids }: JobDraft) {
  const refuse = (sentence: string) => {
    throw new Failure('invalid_request', sentence)
  }
  if (new Set(host_ids).size !== host_ids.length) refuse('A host is named twice.')
  if (kind === 'patch_apply' && packages.length > 0)
    refuse('patch_apply takes patches, not packages.')
  if (kind !== 'patch_apply' && patches.length + exclude_packages.length > 0)
    refuse(`${kind} takes packages; patches and exclusions belong to patch_apply.`)
  if (kind === 'install' && packages.length === 0) refuse('install needs at least one package.')
  if (kind === 'update' && packages.length !== 1) refuse('update takes exactly one package.')
}

/** A digest for a host that has no part would bind nothing. */
export function refuseStrangeDigests({ host_ids, expected_digests }: NewJob) {
  const strange = Object.keys(expected_digests).filter((id) => !host_ids.includes(id))
  if (strange.length > 0)
    throw new Failure(
      'invalid_request',
      `There is a digest for a host that the job is not for: ${strange.join(', ')}.`,
    )
}
