import { ActionIcon, Menu } from '@mantine/core'
import { IconSettings, IconLogout, IconUserCircle } from '@tabler/icons-react'
import { Link } from 'wouter'
import { useSession } from '../session.ts'
import { signOut } from '../sign-in.ts'

export function AccountMenu() {
  const session = useSession()
  if (session.state !== 'signed_in') return null
  const { username, role } = session.user
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={`Account of ${username}`}>
          <IconUserCircle size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {username}, {role}
        </Menu.Label>
        <Menu.Item
          component={Link}
          href="/account"
          leftSection={<IconSettings size={16} aria-hidden />}
        >
          Your account
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() => void signOut()}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
