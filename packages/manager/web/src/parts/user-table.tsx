import { Group, Stack, Table, Text } from '@mantine/core'
import type { Account } from '@linux-patch/shared/account'
import { IconBan, IconCircleCheck, IconDeviceMobile, IconKey, IconLock } from '@tabler/icons-react'
import { Status, type Look } from './status.tsx'
import { Time, useNow } from './time.tsx'
import { UserMenu } from './user-menu.tsx'

export const UserTable = ({ users }: { users: Account[] }) => (
  <Table.ScrollContainer minWidth={820}>
    <Table highlightOnHover aria-label="Users">
      <Table.Thead>
        <Table.Tr>
          {['User', 'State', 'Role', 'Groups', 'Last sign-in'].map((name) => (
            <Table.Th key={name}>{name}</Table.Th>
          ))}
          <Table.Th aria-label="Actions" />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {users.map((user) => (
          <Row key={user.id} user={user} />
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
)

const Row = ({ user }: { user: Account }) => (
  <Table.Tr>
    <Table.Td miw={130} maw={260}>
      <Stack gap={2}>
        <Text size="sm" fw={600} className="wrap">
          {user.username}
        </Text>
        {(user.display_name !== '' || user.email !== null) && (
          <Text size="xs" c="dimmed" className="wrap">
            {[user.display_name, user.email].filter(Boolean).join(', ')}
          </Text>
        )}
      </Stack>
    </Table.Td>
    <Table.Td maw={300}>
      <Group gap={6}>
        <Status look={user.is_active ? active : inactive} />
        {user.mfa_enabled && <Status look={secondFactor} />}
        {user.password_reset_required && <Status look={fresh} />}
        <Lock until={user.locked_until} />
      </Group>
    </Table.Td>
    <Table.Td>
      <Text size="sm">{user.role}</Text>
      {user.provider === 'oidc' && (
        <Text size="xs" c="dimmed">
          by single sign-on
        </Text>
      )}
    </Table.Td>
    <Table.Td maw={220} className="wrap">
      <Text size="sm">{user.groups.map(({ name }) => name).join(', ') || 'none'}</Text>
    </Table.Td>
    <Table.Td className="no-wrap">
      <Text size="sm" c="dimmed">
        <Time at={user.last_sign_in_at} />
      </Text>
    </Table.Td>
    <Table.Td ta="right">
      <UserMenu user={user} />
    </Table.Td>
  </Table.Tr>
)

/** Nothing where no lock of his name holds, or none any more. */
function Lock({ until }: { until: string | null }) {
  const now = useNow()
  if (until === null || Date.parse(until) <= now) return null
  return (
    <>
      <Status look={locked} />
      <Text size="xs" c="dimmed">
        at one address at least; ends <Time at={until} />
      </Text>
    </>
  )
}

const active: Look = { word: 'Active', color: 'green', Icon: IconCircleCheck }
const inactive: Look = { word: 'Not active', color: 'gray', Icon: IconBan }
const locked: Look = { word: 'Locked out', color: 'red', Icon: IconLock }
const secondFactor: Look = { word: 'Second factor', color: 'green', Icon: IconDeviceMobile }
const fresh: Look = { word: 'Has to choose a password', color: 'orange', Icon: IconKey }
