import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Enrollment } from '@linux-patch/shared/enrollment'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { FailureAlert } from './failure-alert.tsx'

type Props = { enrollment: Enrollment; opened: boolean; onClose: () => void }

export function DenyDialog({ enrollment: { id, fqdn }, opened, onClose }: Props) {
  const [reason, setReason] = useState('')
  const queries = useQueryClient()
  const denial = useMutation({
    mutationFn: () => api.denyEnrollment({ id, reason }),
    onSuccess() {
      notifications.show({ title: 'Denied', message: `${fqdn} was turned away.` })
      onClose()
      void queries.invalidateQueries({ queryKey: ['enrollments'] })
    },
  })

  return (
    <Modal opened={opened} onClose={onClose} title={`Deny ${fqdn}`}>
      <Stack>
        <Text size="sm">The host is told so, and what it sent is deleted.</Text>
        <Textarea
          label="Reason"
          description="Kept in the manager's record"
          autosize
          minRows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {denial.error && <FailureAlert title="Not denied" error={denial.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={denial.isPending} onClick={() => denial.mutate()}>
            Deny host
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
