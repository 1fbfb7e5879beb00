import { Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { GroupName } from '@linux-patch/shared/group'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'

export function NewGroupForm({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient()
  const form = useForm({
    initialValues: { name: '', description: '' },
    validate: {
      name: (name) => (GroupName.safeParse(name).success ? null : 'From 1 to 100 characters'),
    },
  })
  const making = useMutation({
    mutationFn: (group: typeof form.values) => api.createGroup(group),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ['groups'] }),
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => making.mutate(values))}
      doing={making}
      refused="Not made"
      submit="Make group"
      onClose={onClose}
    >
      <TextInput label="Name" data-autofocus {...form.getInputProps('name')} />
      <Textarea label="Description" autosize {...form.getInputProps('description')} />
    </DialogForm>
  )
}
