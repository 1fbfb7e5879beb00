import { Select } from '@mantine/core'
import { useFilter } from '../use-filter.ts'

type Props = { name: string; label: string; any: string; options: Record<string, string> }

/** Narrows a list by one thing that is true of its rows, or, with `any`, does not. */
export function Choice({ name, label, any, options }: Props) {
  const { text, set } = useFilter()
  const data = Object.entries(options).map(([value, word]) => ({ value, label: word }))
  return (
    <Select
      aria-label={label}
      w={190}
      allowDeselect={false}
      data={[{ value: '', label: any }, ...data]}
      value={text(name)}
      onChange={(value) => set({ [name]: value ?? '' })}
    />
  )
}
