import { Tooltip } from '@mantine/core'
import { useSyncExternalStore } from 'react'
import { absoluteOf, ago } from './ago.ts'

const TICK_MS = 10_000

const everyTick = (listener: () => void) => {
  const timer = setInterval(listener, TICK_MS)
  return () => clearInterval(timer)
}

/** The time now, in steps: each step redraws what shows how long ago something was. */
export const useNow = () =>
  useSyncExternalStore(everyTick, () => Math.ceil(Date.now() / TICK_MS) * TICK_MS)

/** How long ago, with the exact time on hover; `never` where there is no time. */
export function Time({ at, never = 'never' }: { at: string | null; never?: string }) {
  const now = useNow()
  if (at === null) return never
  return (
    <Tooltip label={absoluteOf(at)}>
      <time dateTime={at}>{ago(at, now)}</time>
    </Tooltip>
  )
}
