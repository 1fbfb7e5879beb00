import { Radio, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import {
  OperatorName,
  Passphrase,
  type Certificate,
  type IssuedCertificate,
} from '@linux-patch/shared/certificate'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'
import { IssuedOnce } from './issued-once.tsx'
import { NewSecret } from './new-secret.tsx'

/** `renewed`: the one that the new one follows, and whose name it has. */
export function OperatorForm({ renewed, onClose }: { renewed?: Certificate; onClose: () => void }) {
  const issuing = useIssuing(renewed)
  const form = useOperatorForm(renewed)
  if (issuing.data) return <IssuedOnce issued={issuing.data} onClose={onClose} />
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => issuing.mutate(values))}
      doing={issuing}
      refused="Not issued"
      submit="Issue certificate"
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="Of the person or the tool: hosts keep it on record with all that it does"
        disabled={renewed !== undefined}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <Radio.Group label="How shall the key come?" {...form.getInputProps('as')}>
        <Stack my="xs" gap="xs">
          <Radio value="file" label="In a PKCS #12 file that a passphrase opens" />
          <Radio value="pem" label="As PEM, open to whoever reads it" />
        </Stack>
      </Radio.Group>
      {form.values.as === 'file' && (
        <NewSecret
          label="Passphrase"
          description="At least 12 characters. The manager does not keep it"
          secret={form.getInputProps('passphrase')}
          repeated={form.getInputProps('repeated')}
        />
      )}
    </DialogForm>
  )
}

const useOperatorForm = (renewed: Certificate | undefined) =>
  useForm({
    initialValues: { name: renewed?.name ?? '', as: 'file', passphrase: '', repeated: '' },
    validate: {
      name: (name) => OperatorName.safeParse(name).error?.issues[0]?.message ?? null,
      passphrase: (text, { as }) =>
        as === 'file' ? (Passphrase.safeParse(text).error?.issues[0]?.message ?? null) : null,
      repeated: (text, { as, passphrase }) =>
        as === 'file' && text !== passphrase ? 'This is not the same passphrase' : null,
    },
  })
type Values = ReturnType<typeof useOperatorForm>['values']

function useIssuing(renewed: Certificate | undefined) {
  const queries = useQueryClient()
  return useMutation({
    // The key is in this answer alone, and nothing of the page keeps it longer than the dialog.
    gcTime: 0,
    async mutationFn({ name, as, passphrase }: Values): Promise<IssuedCertificate | null> {
      const secret = as === 'file' ? { passphrase } : {}
      if (!renewed) return api.issueOperatorCertificate({ name, ...secret })
      return (await api.renewCertificate({ id: renewed.id, ...secret })).issued
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['certificates'] }),
  })
}
