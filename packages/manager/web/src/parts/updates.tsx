import { Group, Stack, Text } from '@mantine/core'
import type { Host } from '@linux-patch/shared/host'
import {
  IconCircleCheck,
  IconClockExclamation,
  IconHelpCircle,
  IconPackage,
  IconShieldExclamation,
} from '@tabler/icons-react'
import { Tinted } from './status.tsx'
import { Time } from './time.tsx'
import { updateWords, type UpdateWords } from './update-words.ts'

const looks = {
  unknown: { color: 'gray', Icon: IconHelpCircle },
  stale: { color: 'orange', Icon: IconClockExclamation },
  clear: { color: 'green', Icon: IconCircleCheck },
  updates: { color: 'blue', Icon: IconPackage },
  security: { color: 'red', Icon: IconShieldExclamation },
} satisfies Record<UpdateWords['kind'], Parameters<typeof Tinted>[0]>

/** How many updates wait on a host, and how much that reading is worth. */
export function Updates({ host }: { host: Host }) {
  const { kind, text } = updateWords(host)
  const { read_at, lists_failure } = host.updates
  return (
    <Stack gap={2}>
      <Group gap={6} wrap="nowrap">
        <Tinted {...looks[kind]} />
        <Text size="sm" className="no-wrap" fw={kind === 'security' ? 600 : 400}>
          {text}
        </Text>
      </Group>
      <Text size="xs" c="dimmed">
        {kind === 'stale' && 'Stale: '}
        {read_at === null ? (
          'not read yet'
        ) : (
          <>
            read <Time at={read_at} />
          </>
        )}
        <ListsAge host={host} />
      </Text>
      {lists_failure !== null && (
        <Text size="xs" className="wrap">
          The package lists could not be fetched: {lists_failure}
        </Text>
      )}
    </Stack>
  )
}

/** Names the age of the lists where that is why the reading is stale. */
function ListsAge({ host: { updates } }: { host: Host }) {
  const { state, read_at, lists_updated_at } = updates
  if (read_at === null || lists_updated_at === null || state !== 'stale') return null
  return (
    <>
      , package lists fetched <Time at={lists_updated_at} />
    </>
  )
}
