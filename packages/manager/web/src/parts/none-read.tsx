import type { Host } from '@linux-patch/shared/host'
import { IconCircleCheck, IconHelpCircle } from '@tabler/icons-react'
import { Nothing } from './nothing.tsx'
import { updateWords } from './update-words.ts'

/** An empty list of a host: none, if that is known. */
export function NoneRead({ host, what }: { host: Host; what: string }) {
  const { kind } = updateWords(host)
  if (kind === 'unknown')
    return (
      <Nothing Icon={IconHelpCircle} title="Unknown">
        Nobody has read the {what} of this host yet. Refresh to read them now.
      </Nothing>
    )
  if (kind === 'stale')
    return (
      <Nothing Icon={IconHelpCircle} title={`No ${what} when last read`}>
        That reading is not current. Refresh to read the host now.
      </Nothing>
    )
  return (
    <Nothing Icon={IconCircleCheck} title={`No ${what} pending`}>
      The host is read again by itself; Refresh does it now.
    </Nothing>
  )
}
