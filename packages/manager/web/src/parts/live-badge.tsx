import { Badge, Tooltip } from '@mantine/core'
import { IconLoader2, IconPlugConnectedX, IconPointFilled } from '@tabler/icons-react'
import { useLive } from '../live-state.tsx'
import type { LiveState } from '../live.ts'
import { Tinted, type Look } from './status.tsx'

const looks: Record<LiveState, Look & { hint: string }> = {
  connecting: {
    word: 'Connecting',
    color: 'gray',
    Icon: IconLoader2,
    hint: 'The page is asking the manager for a line of its own.',
  },
  live: {
    word: 'Live',
    color: 'green',
    Icon: IconPointFilled,
    hint: 'Changes show as they happen.',
  },
  reconnecting: {
    word: 'Reconnecting',
    color: 'orange',
    Icon: IconPlugConnectedX,
    hint: 'The line to the manager is lost. Until it is back, the page asks every few seconds.',
  },
}

export function LiveBadge() {
  const state = useLive()
  if (state === null) return null
  const { word, hint, ...look } = looks[state]
  return (
    <Tooltip label={hint}>
      <Badge role="status" leftSection={<Tinted {...look} />}>
        {word}
      </Badge>
    </Tooltip>
  )
}
