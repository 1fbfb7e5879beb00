import { Checkbox } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Account } from '@linux-patch/shared/account'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'
import { emailOf, UserFields, userProblems } from './user-fields.tsx'

type Props = { user: Account; onClose: () => void }

export function EditUserForm({ user, onClose }: Props) {
  const queries = useQueryClient()
  const form = useEditForm(user)
  const saving = useMutation({
    mutationFn: ({ email, role, ...values }: typeof form.values) =>
      api.changeUser({
        id: user.id,
        ...values,
        email: emailOf(email),
        // Sent only where it changes: it takes a further permission.
        ...(role !== user.role && { role }),
      }),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ['users'] }),
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => saving.mutate(values))}
      doing={saving}
      refused="Not saved"
      submit="Save"
      onClose={onClose}
    >
      <UserFields form={form} held={user.role} />
      <Checkbox
        label="Active"
        description="Without it, the user can do nothing here from the next request on; the name stays taken"
        {...form.getInputProps('is_active', { type: 'checkbox' })}
      />
    </DialogForm>
  )
}

const useEditForm = ({ display_name, email, role, groups, is_active }: Account) =>
  useForm({
    initialValues: {
      display_name,
      email: email ?? '',
      role,
      group_ids: groups.map(({ id }) => id),
      is_active,
    },
    validate: userProblems,
  })
