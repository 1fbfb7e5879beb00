import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { isFinalPart } from '@linux-patch/shared/job-moves'
import type { JobDetail, JobHost } from '@linux-patch/shared/job'
import { IconArrowBackUp, IconBan } from '@tabler/icons-react'
import { isStopping } from '../job-words.ts'
import { useJob } from '../queries.ts'
import { CancelDialog } from './cancel-dialog.tsx'
import { RollbackDialog } from './rollback-dialog.tsx'

/** What can be done about a job: cancel it while it runs, take it back when it has ended. */
export const JobActions = ({ job }: { job: JobDetail }) =>
  job.completed_at === null ? <CancelJob job={job} /> : <RollBack job={job} />

function CancelJob({ job }: { job: JobDetail }) {
  const [asking, ask] = useDisclosure()
  const isAllStopping = job.hosts.every((part) => isFinalPart(part.status) || isStopping(part))
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconBan size={16} aria-hidden />}
        disabled={isAllStopping}
        onClick={ask.open}
      >
        {isAllStopping ? 'Stopping' : 'Cancel job'}
      </Button>
      <CancelDialog job={job} opened={asking} onClose={ask.close} />
    </>
  )
}

function RollBack({ job }: { job: JobDetail }) {
  const [asking, ask] = useDisclosure()
  const last = useJob(job.rollback_job_ids.at(-1)).data
  const isTakenBack =
    last !== undefined && (last.completed_at === null || last.status === 'completed')
  const hosts = job.hosts.filter(mayGoBack)
  if (hosts.length === 0 || (isTakenBack && last.rollback_job_ids.length === 0)) return null
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

/** What a host did that was lost on the way is not known here; the host itself knows. */
const mayGoBack = ({ agent_job_id, rollback, reboot_required }: JobHost) =>
  rollback ? rollback.possible : agent_job_id !== null && reboot_required === null
