import { Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Enrollment } from '@linux-patch/shared/enrollment'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { DialogEnd } from './dialog-form.tsx'
import { Dialog } from './dialog.tsx'
import { Reason } from './why.tsx'

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
    <Dialog opened={opened} onClose={onClose} title={`Deny ${fqdn}`}>
      <Stack>
        <Text size="sm">The host is told so, and what it sent is deleted.</Text>
        <Reason value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <DialogEnd
          doing={denial}
          refused="Not denied"
          submit="Deny host"
          color="red"
          onClose={onClose}
          onConfirm={() => denial.mutate()}
        />
      </Stack>
    </Dialog>
  )
}
