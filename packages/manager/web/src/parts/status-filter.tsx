import { Select } from '@mantine/core'
import { useFilter } from '../use-filter.ts'
import type { Look } from './status.tsx'

/** Narrows a list to one status, of those that it can have. */
export function StatusFilter({
  statuses,
  looks,
}: {
  statuses: string[]
  looks: Record<string, Look>
}) {
  const { text, set } = useFilter()
  const options = statuses.map((value) => ({ value, label: looks[value]?.word ?? value }))
  return (
    <Select
      aria-label="Status"
      allowDeselect={false}
      data={[{ value: '', label: 'Any status' }, ...options]}
      value={text('status')}
      onChange={(value) => set({ status: value ?? '' })}
    />
  )
}
