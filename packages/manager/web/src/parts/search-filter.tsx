import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useFilter } from '../use-filter.ts'

type Props = { name?: string; label: string; placeholder: string }

/** Narrows a list to what has these words in it, once the typing rests. */
export function SearchFilter({ name = 'search', label, placeholder }: Props) {
  const { text, set } = useFilter()
  const search = useDebouncedCallback((value: string) => set({ [name]: value.trim() }), 250)
  return (
    <TextInput
      flex={1}
      miw={200}
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={16} aria-hidden />}
      defaultValue={text(name)}
      maxLength={200}
      onChange={(event) => search(event.currentTarget.value)}
    />
  )
}
