import {
  Button,
  Group,
  Modal,
  NumberInput,
  Stack,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { HostNotes, type Host } from '@linux-patch/shared/host'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { FailureAlert } from './failure-alert.tsx'

type Props = { host: Host; opened: boolean; onClose: () => void }

export const EditHostDialog = ({ host, opened, onClose }: Props) => (
  <Modal opened={opened} onClose={onClose} title={`Edit ${host.name}`}>
    <EditForm host={host} onClose={onClose} />
  </Modal>
)

function EditForm({ host, onClose }: Omit<Props, 'opened'>) {
  const saving = useSaving(host, onClose)
  const form = useEditForm(host)
  return (
    <form onSubmit={form.onSubmit((values) => saving.mutate(values))} noValidate>
      <Stack>
        <TextInput
          label="Display name"
          description="How the host is called here; left empty, by its full name"
          data-autofocus
          {...form.getInputProps('display_name')}
        />
        <TagsInput label="Tags" {...form.getInputProps('tags')} />
        <Textarea label="Notes" autosize minRows={3} {...form.getInputProps('notes')} />
        <TextInput
          label="IP address"
          description="Where the manager calls its agent"
          {...form.getInputProps('ip_address')}
        />
        <NumberInput
          label="Port"
          min={1}
          max={65_535}
          allowDecimal={false}
          {...form.getInputProps('agent_port')}
        />
        {saving.error && <FailureAlert title="Not saved" error={saving.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={saving.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const useEditForm = ({ display_name, tags, notes, ip_address, agent_port }: Host) =>
  useForm({
    initialValues: { display_name, tags, notes, ip_address, agent_port },
    validate: {
      display_name: (text) =>
        HostNotes.display_name.safeParse(text).success ? null : 'At most 100 characters',
      tags: (words) =>
        HostNotes.tags.safeParse(words).success ? null : 'At most 50, of 50 characters each',
      notes: (text) =>
        HostNotes.notes.safeParse(text).success ? null : 'At most 5,000 characters',
      ip_address: (text) =>
        HostNotes.ip_address.safeParse(text).success ? null : 'This is not an IP address',
      agent_port: (port) =>
        HostNotes.agent_port.safeParse(port).success ? null : 'From 1 to 65535',
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
