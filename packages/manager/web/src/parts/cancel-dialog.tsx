import { Button, Group, Stack, Text } from '@mantine/core'
import type { JobDetail } from '@linux-patch/shared/job'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogEnd } from './dialog-form.tsx'
import { Dialog } from './dialog.tsx'
import { jobLooks, Status } from './status.tsx'

type Props = { job: JobDetail; opened: boolean; onClose: () => void }

/** It stays open when the job ends meanwhile, and says so. */
export const CancelDialog = ({ job, opened, onClose }: Props) => (
  <Dialog opened={opened} onClose={onClose} title="Cancel this job?">
    {job.completed_at === null ? (
      <Asking id={job.id} onClose={onClose} />
    ) : (
      <Ended status={job.status} onClose={onClose} />
    )}
  </Dialog>
)

const Ended = ({ status, onClose }: { status: JobDetail['status']; onClose: () => void }) => (
  <Stack>
    <Group gap="xs">
      <Text size="sm">The job has ended meanwhile:</Text>
      <Status look={jobLooks[status]} />
    </Group>
    <Group justify="end">
      <Button variant="default" onClick={onClose}>
        Back
      </Button>
    </Group>
  </Stack>
)

function Asking({ id, onClose }: { id: string; onClose: () => void }) {
  const queries = useQueryClient()
  const cancelling = useMutation({
    mutationFn: () => api.cancelJob({ id }),
    onSuccess(job) {
      queries.setQueryData(['job', id], job)
      onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  })
  return (
    <Stack>
      <Text size="sm">
        Hosts that were not asked yet are left alone. The others stop at the next place where that
        is safe; what was installed until then stays, and can be rolled back.
      </Text>
      <DialogEnd
        doing={cancelling}
        refused="Not cancelled"
        submit="Cancel job"
        back="Let it run"
        color="red"
        onClose={onClose}
        onConfirm={() => cancelling.mutate()}
      />
    </Stack>
  )
}
