import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { JobDetail } from '@linux-patch/shared/job'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { FailureAlert } from './failure-alert.tsx'

type Props = { job: JobDetail; opened: boolean; onClose: () => void }

export function CancelDialog({ job: { id }, opened, onClose }: Props) {
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
    <Modal opened={opened} onClose={onClose} title="Cancel this job?">
      <Stack>
        <Text size="sm">
          Hosts that were not asked yet are left alone. The others stop at the next place where that
          is safe; what was installed until then stays, and can be rolled back.
        </Text>
        {cancelling.error && <FailureAlert title="Not cancelled" error={cancelling.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Let it run
          </Button>
          <Button color="red" loading={cancelling.isPending} onClick={() => cancelling.mutate()}>
            Cancel job
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
