import { Code, NumberInput, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { NewApiToken } from '@linux-patch/shared/api-token'
import { isForTokens, type Permission } from '@linux-patch/shared/permissions'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { useUser } from '../rights.ts'
import { DialogForm } from './dialog-form.tsx'
import { GroupSelect } from './group-select.tsx'
import { PermissionPicker } from './permission-picker.tsx'
import { SecretOnce } from './secret-once.tsx'

/** Makes a token of no more than its maker may do, and shows it once. */
export function NewTokenForm({ onClose }: { onClose: () => void }) {
  const making = useMaking()
  const form = useTokenForm()
  const held = useUser()?.permissions ?? []
  if (making.data) return <Made token={making.data.token} onClose={onClose} />
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => making.mutate(values))}
      doing={making}
      refused="Not made"
      submit="Make token"
      onClose={onClose}
    >
      <TextInput
        label="What for"
        description="As people will read it in lists and on record"
        data-autofocus
        {...form.getInputProps('name')}
      />
      <NumberInput
        label="For how many days"
        min={1}
        max={365}
        allowDecimal={false}
        {...form.getInputProps('expires_in_days')}
      />
      <GroupSelect
        description="It works only on the hosts of these groups; without any, on all hosts that you see"
        {...form.getInputProps('group_ids')}
      />
      <PermissionPicker
        offered={held.filter(isForTokens)}
        dangerous="are dangerous, and ask a program for no further proof"
        scoped={form.values.group_ids.length > 0}
        {...form.getInputProps('permissions')}
      />
    </DialogForm>
  )
}

const Made = ({ token, onClose }: { token: string; onClose: () => void }) => (
  <SecretOnce
    label="API token"
    value={token}
    warning="The token is shown this once. Whoever has it acts in your name."
    onClose={onClose}
  >
    <Text size="sm">
      A program sends it with each request: <Code>Authorization: Bearer lpm_…</Code>
    </Text>
  </SecretOnce>
)

const useTokenForm = () =>
  useForm({
    initialValues: {
      name: '',
      expires_in_days: 90,
      group_ids: [] as string[],
      permissions: [] as Permission[],
    },
    validate: {
      name: (name) => (NewApiToken.name.safeParse(name).success ? null : 'Say what it is for'),
      expires_in_days: (days) =>
        NewApiToken.expires_in_days.safeParse(days).success ? null : 'From 1 to 365 days',
      permissions: (names) => (names.length > 0 ? null : 'Choose at least one'),
    },
  })

function useMaking() {
  const queries = useQueryClient()
  return useMutation({
    // The token is in this answer alone, and nothing of the page keeps it longer than the dialog.
    gcTime: 0,
    mutationFn: ({ group_ids, ...token }: ReturnType<typeof useTokenForm>['values']) =>
      api.createApiToken({ ...token, group_ids: group_ids.length > 0 ? group_ids : null }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  })
}
