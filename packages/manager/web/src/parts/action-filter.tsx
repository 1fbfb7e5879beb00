import { Autocomplete } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { auditActions } from '@linux-patch/shared/audit-actions'
import { IconSearch } from '@tabler/icons-react'
import { useFilter } from '../use-filter.ts'

/** Narrows the record to one action: chosen from those that this manager knows, or typed, as older ones may be. */
export function ActionFilter() {
  const { text, set } = useFilter()
  const search = useDebouncedCallback((action: string) => set({ action: action.trim() }), 250)
  return (
    <Autocomplete
      flex={1}
      miw={200}
      aria-label="Action"
      placeholder="Action, such as sign_in"
      leftSection={<IconSearch size={16} aria-hidden />}
      data={auditActions}
      defaultValue={text('action')}
      maxLength={200}
      onChange={search}
    />
  )
}
