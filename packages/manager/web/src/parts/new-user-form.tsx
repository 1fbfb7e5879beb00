import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Username } from '@linux-patch/shared/account'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'
import { PasswordMade } from './password-made.tsx'
import { emailOf, UserFields, userProblems } from './user-fields.tsx'

/** Makes a user, whose first password the manager makes. */
export function NewUserForm({ onClose }: { onClose: () => void }) {
  const making = useMaking()
  const form = useNewUserForm()
  if (making.data) return <PasswordMade {...making.data} onClose={onClose} />
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
        description="To sign in with, and on record; it never changes"
        autoComplete="off"
        data-autofocus
        {...form.getInputProps('username')}
      />
      <UserFields form={form} />
    </DialogForm>
  )
}

const useNewUserForm = () =>
  useForm({
    initialValues: {
      username: '',
      display_name: '',
      email: '',
      role: '',
      group_ids: [] as string[],
    },
    validate: {
      username: (name) => Username.safeParse(name).error?.issues[0]?.message ?? null,
      ...userProblems,
    },
  })

function useMaking() {
  const queries = useQueryClient()
  return useMutation({
    // The password is in this answer alone, and nothing of the page keeps it longer than the dialog.
    gcTime: 0,
    mutationFn: ({ email, ...user }: ReturnType<typeof useNewUserForm>['values']) =>
      api.createUser({ ...user, email: emailOf(email) }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['users'] }),
  })
}
