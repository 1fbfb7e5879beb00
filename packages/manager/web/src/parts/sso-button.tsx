import { Button, Divider } from '@mantine/core'
import { IconLogin2 } from '@tabler/icons-react'
import { useSso } from '../people-queries.ts'
import { ssoAddress } from '../sso-address.ts'

/** The way in by another system, where there is one. Who cannot be asked about it offers none: the password is left. */
export function SsoButton() {
  const { data } = useSso()
  if (!data?.enabled) return null
  return (
    <>
      <Divider label="or" my="md" />
      <Button
        component="a"
        href={ssoAddress(location)}
        variant="default"
        fullWidth
        leftSection={<IconLogin2 size={16} aria-hidden />}
      >
        Sign in with {data.display_name}
      </Button>
    </>
  )
}
