import { Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Certificate } from '@linux-patch/shared/certificate'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogEnd } from './dialog-form.tsx'
import { OperatorForm } from './operator-form.tsx'

type Props = { certificate: Certificate; onClose: () => void }

export const RenewForm = ({ certificate, onClose }: Props) =>
  certificate.kind === 'operator' ? (
    <OperatorForm renewed={certificate} onClose={onClose} />
  ) : (
    <AskHost certificate={certificate} onClose={onClose} />
  )

function AskHost({ certificate, onClose }: Props) {
  const queries = useQueryClient()
  const asking = useMutation({
    mutationFn: () => api.renewCertificate({ id: certificate.id }),
    onSuccess({ told }) {
      const message = told
        ? 'The host has heard of it and gets a new certificate now.'
        : 'The host does not answer now. It gets a new certificate as soon as it asks.'
      notifications.show({ color: told ? 'green' : 'yellow', title: 'Asked to renew', message })
      onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['certificates'] }),
  })
  return (
    <Stack>
      <Text size="sm">
        The host makes a new key and gets a certificate for it. This one holds until the host uses
        the new one. Hosts also renew by themselves when two thirds of its life are over.
      </Text>
      <DialogEnd
        doing={asking}
        refused="Not asked"
        submit="Ask the host to renew"
        onClose={onClose}
        onConfirm={() => asking.mutate()}
      />
    </Stack>
  )
}
