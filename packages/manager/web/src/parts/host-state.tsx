import { Group, Stack, Text } from '@mantine/core'
import type { Host } from '@linux-patch/shared/host'
import { IconPower } from '@tabler/icons-react'
import { hostLooks, Status } from './status.tsx'
import { Time } from './time.tsx'
import { waitingWords } from './waiting-words.ts'

/** Whether a host answers, since when not and why, and whether it waits for a reboot. */
export const HostState = ({ host }: { host: Host }) => (
  <Stack gap={4} align="start">
    <Group gap={6}>
      <Status look={hostLooks[host.status]} />
      {host.pending_reboot && (
        <Status look={{ word: 'Reboot pending', color: 'orange', Icon: IconPower }} />
      )}
    </Group>
    <Reason host={host} />
  </Stack>
)

function Reason({ host }: { host: Host }) {
  const { status, last_seen_at, last_failure } = host
  if (status === 'unreachable')
    return (
      <Text size="xs" className="wrap">
        {last_seen_at ? (
          <>
            Since <Time at={last_seen_at} />
          </>
        ) : (
          'Never reached'
        )}
        {last_failure !== null && `: ${last_failure}`}
      </Text>
    )
  if (status === 'pending')
    return (
      <Text size="xs" c="dimmed" className="wrap">
        {waitingWords(host)}
      </Text>
    )
  return last_failure === null ? null : (
    <Text size="xs" className="wrap">
      {last_failure}
    </Text>
  )
}
