import { MultiSelect, type MultiSelectProps } from '@mantine/core'
import { useGroups } from '../queries.ts'

/** Chooses among the groups; nothing where there are none. */
export function GroupSelect(props: MultiSelectProps) {
  const groups = useGroups().data?.groups ?? []
  if (groups.length === 0) return null
  return (
    <MultiSelect
      label="Groups"
      data={groups.map(({ id, name }) => ({ value: id, label: name }))}
      searchable
      {...props}
    />
  )
}
