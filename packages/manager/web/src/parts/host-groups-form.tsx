import { Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Host } from '@linux-patch/shared/host'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { useGroups } from '../queries.ts'
import { DialogForm } from './dialog-form.tsx'
import { GroupSelect } from './group-select.tsx'

/** Puts a host into groups and takes it out of others, one after the other. */
export function HostGroupsForm({
  host: { id, groups },
  onClose,
}: {
  host: Host
  onClose: () => void
}) {
  const queries = useQueryClient()
  const before = groups.map((group) => group.id)
  const form = useForm({ initialValues: { group_ids: before } })
  const saving = useMutation({
    async mutationFn(after: string[]) {
      for (const group_id of after)
        if (!before.includes(group_id)) await api.addHostToGroup({ id, group_id })
      for (const group_id of before)
        if (!after.includes(group_id)) await api.removeHostFromGroup({ id, group_id })
    },
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries(),
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit(({ group_ids }) => saving.mutate(group_ids))}
      doing={saving}
      refused="Not saved, or not all of it"
      submit="Save"
      onClose={onClose}
    >
      {useGroups().data?.total === 0 && <Text size="sm">There are no groups yet.</Text>}
      <GroupSelect
        description="Who takes care of these sees the host; in none, everybody does"
        data-autofocus
        {...form.getInputProps('group_ids')}
      />
    </DialogForm>
  )
}
