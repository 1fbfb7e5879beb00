import { Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { GroupName, type Group } from '@linux-patch/shared/group'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'

/** Makes a group, or gives one another name or description. */
export function GroupForm({ group, onClose }: { group?: Group; onClose: () => void }) {
  const queries = useQueryClient()
  const form = useForm({
    initialValues: { name: group?.name ?? '', description: group?.description ?? '' },
    validate: {
      name: (name) => (GroupName.safeParse(name).success ? null : 'From 1 to 100 characters'),
    },
  })
  const saving = useMutation({
    mutationFn: (values: typeof form.values) =>
      group ? api.changeGroup({ id: group.id, ...values }) : api.createGroup(values),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ['groups'] }),
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => saving.mutate(values))}
      doing={saving}
      refused="Not saved"
      submit={group ? 'Save' : 'Make group'}
      onClose={onClose}
    >
      <TextInput label="Name" data-autofocus {...form.getInputProps('name')} />
      <Textarea label="Description" autosize {...form.getInputProps('description')} />
    </DialogForm>
  )
}
