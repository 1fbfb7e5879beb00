import { useSearchParams } from 'wouter'

/** What a list is narrowed to, kept in the address: it survives a reload and can be passed on. */
export function useFilter() {
  const [values, setValues] = useSearchParams()
  return {
    text: (name: string) => values.get(name) ?? '',
    page: Math.max(1, Math.trunc(Number(values.get('page'))) || 1),
    /** Another filter starts at its first page. */
    set: (changes: Record<string, string>) =>
      setValues(
        (before) => {
          const after = new URLSearchParams(before)
          after.delete('page')
          for (const [name, value] of Object.entries(changes))
            if (value === '') after.delete(name)
            else after.set(name, value)
          return after
        },
        { replace: true },
      ),
  }
}
