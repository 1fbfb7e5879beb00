import { Select } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDebouncedCallback } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { useUsers } from '../people-queries.ts'
import { useHosts } from '../queries.ts'
import { DialogForm } from './dialog-form.tsx'

type OfGroup = { group_id: string; onClose: () => void }
/** How many are offered at once; the others come by typing a part of their name. */
const OFFERED = 20

export function AddHost({ group_id, onClose }: OfGroup) {
  const [search, setSearch] = useState('')
  const hosts = useHosts({ search, limit: OFFERED }).data?.hosts ?? []
  return (
    <AddMember
      label="Host"
      options={hosts.map(({ id, name }) => ({ value: id, label: name }))}
      onSearch={setSearch}
      add={(id) => api.addHostToGroup({ id, group_id })}
      onClose={onClose}
    />
  )
}

export function AddUser({ group_id, onClose }: OfGroup) {
  const [search, setSearch] = useState('')
  const users = useUsers({ search, limit: OFFERED }).data?.users ?? []
  return (
    <AddMember
      label="User"
      options={users.map(({ id, username }) => ({ value: id, label: username }))}
      onSearch={setSearch}
      add={(user_id) => api.addUserToGroup({ id: group_id, user_id })}
      onClose={onClose}
    />
  )
}

type Props = {
  label: string
  options: { value: string; label: string }[]
  onSearch: (text: string) => void
  add: (id: string) => Promise<unknown>
  onClose: () => void
}

function AddMember({ label, options, onSearch, add, onClose }: Props) {
  const queries = useQueryClient()
  const search = useDebouncedCallback(onSearch, 250)
  const form = useForm({
    initialValues: { id: '' },
    validate: { id: (id) => (id === '' ? 'Choose one' : null) },
  })
  const adding = useMutation({
    mutationFn: add,
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries(),
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit(({ id }) => adding.mutate(id))}
      doing={adding}
      refused="Not added"
      submit="Add"
      onClose={onClose}
    >
      <Select
        label={label}
        description="Type a part of the name"
        data={options}
        searchable
        allowDeselect={false}
        filter={({ options: found }) => found}
        onSearchChange={search}
        data-autofocus
        {...form.getInputProps('id')}
      />
    </DialogForm>
  )
}
