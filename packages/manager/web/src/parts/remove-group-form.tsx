import { Checkbox, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Failure } from '@linux-patch/shared/failure'
import type { Group } from '@linux-patch/shared/group'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'

type Props = { group: Group; onClose: () => void }

/** What is in no other group is then seen by everybody: the manager asks to hear that it is wanted. */
export function RemoveGroupForm({ group: { id }, onClose }: Props) {
  const queries = useQueryClient()
  const form = useForm({ initialValues: { force: false } })
  const removing = useMutation({
    mutationFn: ({ force }: { force: boolean }) => api.removeGroup({ id, force }),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries(),
  })
  const { error } = removing
  const isBlocked = error instanceof Failure && error.code === 'blocked_by_dependencies'
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => removing.mutate(values))}
      doing={removing}
      refused="It stays"
      submit="Delete group"
      color="red"
      onClose={onClose}
    >
      <Text size="sm">Its hosts and users stay.</Text>
      {isBlocked && (
        <Checkbox
          label="Also where everybody then sees its hosts"
          {...form.getInputProps('force', { type: 'checkbox' })}
        />
      )}
    </DialogForm>
  )
}
