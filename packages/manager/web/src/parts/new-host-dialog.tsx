import { Button, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { managerApi } from '@linux-patch/shared/manager-api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { api } from '../api.ts'
import { FailureAlert } from './failure-alert.tsx'

type Props = { opened: boolean; onClose: () => void }

export const NewHostDialog = ({ opened, onClose }: Props) => (
  <Modal opened={opened} onClose={onClose} title="Enter a host by hand">
    <NewHostForm onClose={onClose} />
  </Modal>
)

function NewHostForm({ onClose }: { onClose: () => void }) {
  const adding = useAdding()
  const form = useNewHostForm()
  return (
    <form onSubmit={form.onSubmit((values) => adding.mutate(values))} noValidate>
      <Stack>
        <Text size="sm">
          It gets its certificate on its page afterwards. A host that can enrol by itself needs none
          of this.
        </Text>
        <TextInput label="Full name" data-autofocus {...form.getInputProps('fqdn')} />
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
        <TextInput
          label="Display name"
          description="How the host is called here; left empty, by its full name"
          {...form.getInputProps('display_name')}
        />
        {adding.error && <FailureAlert title="Not entered" error={adding.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={adding.isPending}>
            Enter host
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const Input = managerApi.addHost.input.shape

const useNewHostForm = () =>
  useForm({
    initialValues: { fqdn: '', ip_address: '', agent_port: 12_443, display_name: '' },
    validate: {
      fqdn: (text) => (Input.fqdn.safeParse(text).success ? null : 'This is not a host name'),
      ip_address: (text) =>
        Input.ip_address.safeParse(text).success ? null : 'This is not an IP address',
      agent_port: (port) => (Input.agent_port.safeParse(port).success ? null : 'From 1 to 65535'),
    },
  })

function useAdding() {
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  return useMutation({
    mutationFn: (host: ReturnType<typeof useNewHostForm>['values']) => api.addHost(host),
    onSuccess({ id, name }) {
      notifications.show({ color: 'green', title: 'Entered', message: `${name} is managed.` })
      navigate(`/hosts/${id}`)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['hosts'] }),
  })
}
