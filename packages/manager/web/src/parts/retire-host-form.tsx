import { Alert, Checkbox } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { Failure } from '@linux-patch/shared/failure'
import type { Host } from '@linux-patch/shared/host'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'
import { Reason } from './why.tsx'

type Props = { host: Host; onClose: () => void }

export function RetireHostForm({ host, onClose }: Props) {
  const retiring = useRetiring(host)
  const form = useForm({
    initialValues: { reason: '', force: false },
    validate: { reason: (reason) => (reason.trim() === '' ? 'Say why' : null) },
  })
  const { error } = retiring
  const isBlocked = error instanceof Failure && error.code === 'blocked_by_dependencies'
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => retiring.mutate(values))}
      doing={retiring}
      refused="It stays"
      submit="Let host go"
      color="red"
      onClose={onClose}
    >
      <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title="What follows">
        Its certificates are revoked, and nothing is patched there from here any more. What is known
        of it is kept. It may enrol again.
      </Alert>
      <Reason data-autofocus {...form.getInputProps('reason')} />
      {isBlocked && (
        <Checkbox
          label="Also while its jobs have not ended"
          {...form.getInputProps('force', { type: 'checkbox' })}
        />
      )}
    </DialogForm>
  )
}

function useRetiring({ id, name }: Host) {
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  return useMutation({
    mutationFn: (values: { reason: string; force: boolean }) => api.retireHost({ id, ...values }),
    onSuccess() {
      notifications.show({ title: 'Gone', message: `${name} is not managed any more.` })
      navigate('/hosts')
    },
    onSettled: () => queries.invalidateQueries(),
  })
}
