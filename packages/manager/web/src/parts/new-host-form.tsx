import { Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { managerApi } from '@linux-patch/shared/manager-api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'
import { Address, DisplayName, hostProblems } from './host-fields.tsx'

export function NewHostForm({ onClose }: { onClose: () => void }) {
  const adding = useAdding()
  const form = useNewHostForm()
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => adding.mutate(values))}
      doing={adding}
      refused="Not entered"
      submit="Enter host"
      onClose={onClose}
    >
      <Text size="sm">
        It gets its certificate on its page afterwards. A host that can enrol by itself needs none
        of this.
      </Text>
      <TextInput label="Full name" data-autofocus {...form.getInputProps('fqdn')} />
      <Address form={form} />
      <DisplayName form={form} />
    </DialogForm>
  )
}

const useNewHostForm = () =>
  useForm({
    initialValues: { fqdn: '', ip_address: '', agent_port: 12_443, display_name: '' },
    validate: {
      fqdn: (text) =>
        managerApi.addHost.input.shape.fqdn.safeParse(text).success
          ? null
          : 'This is not a host name',
      ...hostProblems,
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
