import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { isFinalPart } from '@linux-patch/shared/job-moves'
import type { JobDetail } from '@linux-patch/shared/job'
import { IconArrowBackUp, IconBan } from '@tabler/icons-react'
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
    <Button
      variant="default"
      leftSection={<IconBan size={16} aria-hidden />}
      disabled={isAllStopping}
      onClick={onClick}
    >
      {isAllStopping ? 'Stopping' : 'Cancel job'}
    </Button>
  )
}

function RollBack({ job }: { job: JobDetail }) {
  const [asking, ask] = useDisclosure()
  const hosts = job.hosts.filter(({ host_id }) => job.revertible_host_ids.includes(host_id))
  if (hosts.length === 0) return null
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconArrowBackUp size={16} aria-hidden />}
        onClick={ask.open}
      >
        Roll back
      </Button>
      <RollbackDialog id={job.id} hosts={hosts} opened={asking} onClose={ask.close} />
    </>
  )
}
