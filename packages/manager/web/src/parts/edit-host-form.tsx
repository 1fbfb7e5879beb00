import { TagsInput, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { HostNotes, type Host } from '@linux-patch/shared/host'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'
import { Address, DisplayName, hostProblems } from './host-fields.tsx'

type Props = { host: Host; onClose: () => void }

export function EditHostForm({ host, onClose }: Props) {
  const saving = useSaving(host, onClose)
  const form = useEditForm(host)
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => saving.mutate(values))}
      doing={saving}
      refused="Not saved"
      submit="Save"
      onClose={onClose}
    >
      <DisplayName data-autofocus form={form} />
      <TagsInput label="Tags" {...form.getInputProps('tags')} />
      <Textarea label="Notes" autosize minRows={3} {...form.getInputProps('notes')} />
      <Address form={form} />
    </DialogForm>
  )
}

const useEditForm = ({ display_name, tags, notes, ip_address, agent_port }: Host) =>
  useForm({
    initialValues: { display_name, tags, notes, ip_address, agent_port },
    validate: {
      ...hostProblems,
      tags: (words) =>
        HostNotes.tags.safeParse(words).success ? null : 'At most 50, of 50 characters each',
      notes: (text) =>
        HostNotes.notes.safeParse(text).success ? null : 'At most 5,000 characters',
    },
  })

function useSaving({ id }: Host, onClose: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (values: ReturnType<typeof useEditForm>['values']) =>
      api.changeHost({ id, ...values }),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ['host', id] })
      onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['hosts'] }),
  })
}
