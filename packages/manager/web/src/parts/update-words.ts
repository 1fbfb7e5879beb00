import type { Host, UpdateCounts } from '@linux-patch/shared/host'

export type UpdateWords = {
  kind: 'unknown' | 'stale' | 'clear' | 'updates' | 'security'
  text: string
}

/**
 * A host's pending updates in a few words. What was not counted is unknown, never none;
 * and only a current reading of a host that answers may say that it is up to date.
 */
export function updateWords({ status, updates }: Pick<Host, 'status' | 'updates'>): UpdateWords {
  const { total, security, state } = updates
  if (state === 'unknown' || total === null) return { kind: 'unknown', text: 'Unknown' }
  const text = countWords(updates, total)
  if (state === 'stale' || status === 'unreachable' || status === 'pending')
    return { kind: 'stale', text: total === 0 ? 'No updates when last read' : text }
  if (total === 0) return { kind: 'clear', text: 'Up to date' }
  return { kind: security === 0 ? 'updates' : 'security', text }
}

function countWords({ security, blocked }: UpdateCounts, total: number) {
  const counted = total === 0 ? 'No updates' : total === 1 ? '1 update' : `${total} updates`
  const held = blocked ? `, ${blocked} blocked` : ''
  if (total === 0) return counted
  if (security === null) return `${counted}, security unknown${held}`
  return security === 0
    ? `${counted}, none security${held}`
    : `${security} security of ${total}${held}`
}
