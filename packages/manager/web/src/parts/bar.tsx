import { Group, Progress, Text } from '@mantine/core'
import type { JobPartStatus, JobStatus } from '@linux-patch/shared/job'
import { jobLooks } from './status.tsx'

type Props = { status: JobStatus | JobPartStatus; progress_percent: number; label: string }

/** How far a job is, as a bar and in figures. */
export const Bar = ({ status, progress_percent, label }: Props) => (
  <Group gap="sm" wrap="nowrap">
    <Progress.Root flex={1} miw={60}>
      <Progress.Section
        value={progress_percent}
        color={jobLooks[status].color}
        striped={status === 'running'}
        animated={status === 'running'}
        aria-label={label}
      />
    </Progress.Root>
    <Text size="sm" ff="monospace" w="4ch" ta="right">
      {progress_percent}%
    </Text>
  </Group>
)
