import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import { fieldErrors } from '../field-errors.ts'
import { DialogButton } from './dialog-button.tsx'
import { DialogForm } from './dialog-form.tsx'
import { SecretInput } from './secret-input.tsx'
import { SsoFound } from './sso-found.tsx'

/** Tries a tenant of Microsoft Entra out, before anything of it is set. */
export const EntraTest = () => (
  <DialogButton words="Try Microsoft Entra" variant="default">
    {(onClose) => <TestForm onClose={onClose} />}
  </DialogButton>
)

function TestForm({ onClose }: { onClose: () => void }) {
  const form = useForm({ initialValues: { tenant_id: '', client_id: '', client_secret: '' } })
  const testing = useMutation({
    // A secret is among it.
    gcTime: 0,
    mutationFn: ({ client_secret, ...tenant }: typeof form.values) =>
      api.testAzureSso({ ...tenant, client_secret: client_secret === '' ? null : client_secret }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => testing.mutate(values))}
      doing={testing}
      refused="Not tried"
      submit="Try"
      back="Close"
      onClose={onClose}
    >
      <TextInput
        label="Tenant id"
        description="Its id and not its name: that is what the provider sends"
        data-autofocus
        {...form.getInputProps('tenant_id')}
      />
      <TextInput label="Client id" {...form.getInputProps('client_id')} />
      <SecretInput
        label="Client secret"
        description="Nothing of this is kept"
        autoComplete="new-password"
        {...form.getInputProps('client_secret')}
      />
      {testing.data && <SsoFound found={testing.data} />}
    </DialogForm>
  )
}
