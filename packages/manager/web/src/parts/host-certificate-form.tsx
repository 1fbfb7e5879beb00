import { Radio, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Host } from '@linux-patch/shared/host'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'
import { IssuedOnce } from './issued-once.tsx'

type Props = { host: Host; onClose: () => void }

export function HostCertificateForm({ host, onClose }: Props) {
  const issuing = useIssuing(host)
  const form = useForm({ initialValues: { others: 'stay' } })
  if (issuing.data) return <IssuedOnce issued={issuing.data} onClose={onClose} />
  return (
    <DialogForm
      onSubmit={form.onSubmit(({ others }) => issuing.mutate(others))}
      doing={issuing}
      refused="Not issued"
      submit="Issue certificate"
      onClose={onClose}
    >
      <Text size="sm">
        A key is made here and shown once; put it on the host by hand. A host that can enrol needs
        none of this: there its key never leaves it.
      </Text>
      <Radio.Group label="What it has now" {...form.getInputProps('others')}>
        <Stack my="xs" gap="xs">
          <Radio value="stay" label="Stays in force" />
          <Radio
            value="end"
            label="Is revoked"
            description="The host is cut off until it has the new one"
          />
        </Stack>
      </Radio.Group>
    </DialogForm>
  )
}

function useIssuing({ id: host_id }: Host) {
  const queries = useQueryClient()
  return useMutation({
    // The key is in this answer alone, and nothing of the page keeps it longer than the dialog.
    gcTime: 0,
    mutationFn: (others: string) =>
      others === 'end'
        ? api.reissueHostCertificate({ host_id })
        : api.issueHostCertificate({ host_id }),
    onSettled: () => queries.invalidateQueries(),
  })
}
