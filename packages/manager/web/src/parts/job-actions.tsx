import { Button, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { isFinalPart } from '@linux-patch/shared/job-moves'
import type { JobDetail } from '@linux-patch/shared/job'
import { IconArrowBackUp, IconBan } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { isStopping } from '../job-words.ts'
import { useMay } from '../rights.ts'
import { CancelDialog } from './cancel-dialog.tsx'
import { RollbackDialog } from './rollback-dialog.tsx'

/** What can be done about a job: cancel it while it runs, take it back when it has ended. */
export function JobActions({ job }: { job: JobDetail }) {
  const [asking, ask] = useDisclosure()
  const may = useMay()
  return (
    <>
      {job.completed_at === null
        ? may('cancelJob') && <Cancel job={job} onClick={ask.open} />
        : may('rollbackJob') && <RollBack job={job} />}
      <CancelDialog job={job} opened={asking} onClose={ask.close} />
    </>
  )
}

function Cancel({ job, onClick }: { job: JobDetail; onClick: () => void }) {
  const isAllStopping = job.hosts.every((part) => isFinalPart(part.status) || isStopping(part))
  return (
    <WhereAllIsSeen job={job}>
      <Button
        variant="default"
        leftSection={<IconBan size={16} aria-hidden />}
        disabled={isAllStopping || job.on_other_hosts}
        onClick={onClick}
      >
        {isAllStopping ? 'Stopping' : 'Cancel job'}
      </Button>
    </WhereAllIsSeen>
  )
}

function RollBack({ job }: { job: JobDetail }) {
  const [asking, ask] = useDisclosure()
  const hosts = job.hosts.filter(({ host_id }) => job.revertible_host_ids.includes(host_id))
  if (job.on_other_hosts ? job.kind === 'reboot' : hosts.length === 0) return null
  return (
    <>
      <WhereAllIsSeen job={job}>
        <Button
          variant="default"
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          disabled={job.on_other_hosts}
          onClick={ask.open}
        >
          Roll back
        </Button>
      </WhereAllIsSeen>
      <RollbackDialog id={job.id} hosts={hosts} opened={asking} onClose={ask.close} />
    </>
  )
}

/** What is done to all hosts of a job takes somebody who sees them all. */
const WhereAllIsSeen = ({ job, children }: { job: JobDetail; children: ReactNode }) => (
  <Stack gap={4} align="end">
    {children}
    {job.on_other_hosts && (
      <Text size="xs" c="dimmed">
        Only for those who see all of its hosts.
      </Text>
    )}
  </Stack>
)
