import { Group, Text } from '@mantine/core'
import type { BlockedBy } from '@linux-patch/shared/package'
import { IconLock } from '@tabler/icons-react'
import { Tinted } from './status.tsx'

const words: Record<BlockedBy['reason'], string> = {
  held: 'Held',
  phased: 'Phased',
  kept_back: 'Kept back',
  pinned: 'Pinned',
  excluded: 'Excluded',
}

/** Why an update that exists is not installed with the others. */
export const Blocked = ({ by }: { by: BlockedBy | null }) =>
  by && (
    <Group gap={6} wrap="nowrap" align="start">
      <Tinted color="orange" Icon={IconLock} />
      <Text size="xs" className="wrap">
        {words[by.reason]}
        {by.detail && `: ${by.detail}`}
      </Text>
    </Group>
  )
