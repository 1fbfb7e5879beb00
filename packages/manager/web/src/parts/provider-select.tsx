import { Select, type SelectProps } from '@mantine/core'
import { useSso } from '../people-queries.ts'

/** Where a new user proves who he is; nothing where there is only here. */
export function ProviderSelect(props: SelectProps) {
  const { data } = useSso()
  if (!data?.enabled) return null
  return (
    <Select
      label="Signs in"
      description="Single sign-on finds the account by this mail address"
      data={[
        { value: 'local', label: 'With a password' },
        { value: 'oidc', label: `By ${data.display_name}` },
      ]}
      allowDeselect={false}
      {...props}
    />
  )
}
