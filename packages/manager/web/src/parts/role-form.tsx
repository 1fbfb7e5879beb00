import { Checkbox, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { isOwn, permissions, type Permission } from '@linux-patch/shared/permissions'
import { RoleName, type Role } from '@linux-patch/shared/role'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'
import { PermissionPicker } from './permission-picker.tsx'

type Props = { role?: Role; onClose: () => void }

/** Makes a role, or changes what one that was made here says. */
export function RoleForm({ role, onClose }: Props) {
  const queries = useQueryClient()
  const form = useRoleForm(role)
  const saving = useMutation({
    mutationFn: (values: typeof form.values) =>
      role ? api.changeRole(values) : api.createRole(values),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ['roles'] }),
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => saving.mutate(values))}
      doing={saving}
      refused="Not saved"
      submit={role ? 'Save' : 'Make role'}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="Small letters, digits and hyphens; it cannot be changed later"
        disabled={role !== undefined}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <Textarea label="Description" autosize {...form.getInputProps('description')} />
      <Checkbox
        label="Only on the hosts of the user's groups, and those in no group"
        {...form.getInputProps('scoped', { type: 'checkbox' })}
      />
      <PermissionPicker
        offered={permissions.filter((name) => !isOwn(name))}
        dangerous="ask for a password or a code again"
        scoped={form.values.scoped}
        {...form.getInputProps('permissions')}
      />
    </DialogForm>
  )
}

const useRoleForm = (role: Role | undefined) =>
  useForm({
    initialValues: {
      name: role?.name ?? '',
      description: role?.description ?? '',
      scoped: role?.scoped ?? true,
      permissions: (role?.permissions ?? []).filter((name: Permission) => !isOwn(name)),
    },
    validate: {
      name: (name) => RoleName.safeParse(name).error?.issues[0]?.message ?? null,
    },
  })
