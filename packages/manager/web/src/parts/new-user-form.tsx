import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Username, type Account } from '@linux-patch/shared/account'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'
import { PasswordMade } from './password-made.tsx'
import { ProviderSelect } from './provider-select.tsx'
import { emailOf, UserFields, userProblems } from './user-fields.tsx'

/** Makes a user, whose first password the manager makes where he signs in here. */
export function NewUserForm({ onClose }: { onClose: () => void }) {
  const making = useMaking(onClose)
  const form = useNewUserForm()
  if (making.data && making.data.password !== null)
    return <PasswordMade {...making.data} onClose={onClose} />
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => making.mutate(values))}
      doing={making}
      refused="Not made"
      submit="Make user"
      onClose={onClose}
    >
      <TextInput
        label="User name"
        description="The name to sign in with, also shown in the audit; it cannot be changed later"
        autoComplete="off"
        data-autofocus
        {...form.getInputProps('username')}
      />
      <ProviderSelect {...form.getInputProps('provider')} />
      <UserFields form={form} />
    </DialogForm>
  )
}

const useNewUserForm = () =>
  useForm({
    initialValues: {
      username: '',
      provider: 'local' as Account['provider'],
      display_name: '',
      email: '',
      role: '',
      group_ids: [] as string[],
    },
    validate: {
      username: (name) => Username.safeParse(name).error?.issues[0]?.message ?? null,
      ...userProblems,
      email: (text, { provider }) =>
        provider === 'oidc' && emailOf(text) === null
          ? 'Give the address that the provider has'
          : userProblems.email(text),
    },
  })

function useMaking(onClose: () => void) {
  const queries = useQueryClient()
  return useMutation({
    // The password is in this answer alone, and nothing of the page keeps it longer than the dialog.
    gcTime: 0,
    mutationFn: ({ email, ...user }: ReturnType<typeof useNewUserForm>['values']) =>
      api.createUser({ ...user, email: emailOf(email) }),
    onSuccess({ password }) {
      if (password === null) onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['users'] }),
  })
}
