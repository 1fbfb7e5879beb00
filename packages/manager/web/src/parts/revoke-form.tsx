import { Alert, Checkbox, Select, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { RevocationReason, type Certificate } from '@linux-patch/shared/certificate'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { ownerOf, reasonWords } from '../certificate-words.ts'
import { DialogForm } from './dialog-form.tsx'

type Props = { certificate: Certificate; onClose: () => void }

const reasons = RevocationReason.options.map((value) => ({ value, label: reasonWords[value] }))

export function RevokeForm({ certificate, onClose }: Props) {
  const revocation = useRevocation(certificate, onClose)
  const form = useForm<{ reason: RevocationReason | null; sure: boolean }>({
    initialValues: { reason: null, sure: false },
    validate: {
      reason: (reason) => (reason === null ? 'Say why' : null),
      sure: (sure) => (sure ? null : 'It cannot be taken back'),
    },
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit(({ reason }) => {
        if (reason) revocation.mutate(reason)
      })}
      doing={revocation}
      refused="Not revoked"
      submit="Revoke certificate"
      color="red"
      onClose={onClose}
    >
      <Text size="sm" className="wrap">
        Serial number {certificate.serial}
      </Text>
      <Consequence certificate={certificate} />
      <Select label="Reason" data={reasons} {...form.getInputProps('reason')} />
      <Checkbox
        label="It shall not count any more, for ever"
        {...form.getInputProps('sure', { type: 'checkbox' })}
      />
    </DialogForm>
  )
}

const Consequence = ({ certificate: { kind } }: { certificate: Certificate }) => (
  <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title="What follows">
    {kind === 'agent'
      ? 'The manager refuses the host at once if this is the certificate that its agent uses: nothing is patched there until it has another one.'
      : 'Hosts that are reached refuse it within seconds, the others as soon as they hear of it.'}
  </Alert>
)

function useRevocation({ id, ...certificate }: Certificate, onClose: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (reason: RevocationReason) => api.revokeCertificate({ id, reason }),
    onSuccess() {
      const message = `A certificate of ${ownerOf(certificate)} counts no more.`
      notifications.show({ title: 'Revoked', message })
      onClose()
    },
    onSettled: () => queries.invalidateQueries(),
  })
}
