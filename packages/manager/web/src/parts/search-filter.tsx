import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useFilter } from '../use-filter.ts'

/** Narrows a list to what has these words in it, once the typing rests. */
export function SearchFilter({ label, placeholder }: { label: string; placeholder: string }) {
  const { text, set } = useFilter()
  const search = useDebouncedCallback((value: string) => set({ search: value.trim() }), 250)
  return (
    <TextInput
      flex={1}
      miw={200}
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={16} aria-hidden />}
      defaultValue={text('search')}
      maxLength={200}
      onChange={(event) => search(event.currentTarget.value)}
    />
  )
}
