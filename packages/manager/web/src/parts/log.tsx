import { Button, Group, Stack, Text } from '@mantine/core'
import type { LogLine } from '@linux-patch/shared/agent-job'
import { isFinalPart } from '@linux-patch/shared/job-moves'
import type { JobHost } from '@linux-patch/shared/job'
import { IconAlertTriangle, IconArrowDown, IconCircleX } from '@tabler/icons-react'
import { useState } from 'react'
import { clockOf } from './ago.ts'
import { Tinted } from './status.tsx'
import { useFollow } from './use-follow.ts'

/** More than this no one reads here, and the browser slows down. */
const SHOWN = 2000

/** The log of a host's part. Open while that is the thing to watch, and where something failed. */
export function Log({ part: { logs, status, host_name } }: { part: JobHost }) {
  const [opened, setOpened] = useState<boolean | null>(null)
  const open = opened ?? (status === 'running' || (isFinalPart(status) && status !== 'completed'))
  if (logs.length === 0) return null
  return (
    <Stack gap={4}>
      <Group>
        <Button
          size="compact-sm"
          variant="subtle"
          aria-expanded={open}
          aria-label={`${open ? 'Hide' : 'Show'} the log of ${host_name}`}
          onClick={() => setOpened(!open)}
        >
          {open
            ? 'Hide log'
            : `Show log (${logs.length === 1 ? '1 line' : `${logs.length} lines`})`}
        </Button>
      </Group>
      {open && <Lines logs={logs} label={`Log of ${host_name}`} />}
    </Stack>
  )
}

function Lines({ logs, label }: { logs: LogLine[]; label: string }) {
  const { box, following, follow, onScroll } = useFollow(logs.length)
  const first = Math.max(0, logs.length - SHOWN)
  return (
    <>
      <div
        className="log"
        role="log"
        aria-live="off"
        aria-label={label}
        tabIndex={0}
        ref={box}
        onScroll={onScroll}
      >
        {first > 0 && <Text size="xs">The first {first} lines are not shown here.</Text>}
        {logs.slice(first).map((line, place) => (
          <Line key={first + place} line={line} />
        ))}
      </div>
      {!following && (
        <Group>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconArrowDown size={14} aria-hidden />}
            onClick={follow}
          >
            Follow the log
          </Button>
        </Group>
      )}
    </>
  )
}

const levelLooks = {
  info: null,
  warning: { color: 'orange', Icon: IconAlertTriangle },
  error: { color: 'red', Icon: IconCircleX },
} satisfies Record<LogLine['level'], unknown>

function Line({ line: { timestamp, level, message } }: { line: LogLine }) {
  const look = levelLooks[level]
  return (
    <div className="log-line">
      <time dateTime={timestamp}>{clockOf(timestamp)}</time>
      <span>
        {look && (
          <>
            <Tinted {...look} /> {level}:{' '}
          </>
        )}
        {message}
      </span>
    </div>
  )
}
