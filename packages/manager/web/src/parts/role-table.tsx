import { Stack, Table, Text } from '@mantine/core'
import type { Role } from '@linux-patch/shared/role'
import { isOwn } from '@linux-patch/shared/permissions'
import { IconEdit, IconTrash } from '@tabler/icons-react'
import { api } from '../api.ts'
import { ActionMenu, type Action } from './action-menu.tsx'
import { asking } from './question.tsx'
import { RoleForm } from './role-form.tsx'

export const RoleTable = ({ roles }: { roles: Role[] }) => (
  <Table.ScrollContainer minWidth={720}>
    <Table highlightOnHover aria-label="Roles">
      <Table.Thead>
        <Table.Tr>
          {['Role', 'On which hosts', 'Users', 'May'].map((name) => (
            <Table.Th key={name}>{name}</Table.Th>
          ))}
          <Table.Th aria-label="Actions" />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {roles.map((role) => (
          <Row key={role.name} role={role} />
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
)

const Row = ({ role }: { role: Role }) => (
  <Table.Tr>
    <Table.Td maw={220}>
      <Stack gap={2}>
        <Text size="sm" fw={600} className="wrap">
          {role.name}
        </Text>
        <Text size="xs" c="dimmed" className="wrap">
          {role.built_in ? 'always there' : role.description}
        </Text>
      </Stack>
    </Table.Td>
    <Table.Td>
      <Text size="sm">
        {role.scoped ? 'those of the user’s groups, and those in no group' : 'all'}
      </Text>
    </Table.Td>
    <Table.Td>{role.user_count}</Table.Td>
    <Table.Td maw={420}>
      <Text size="xs" className="wrap">
        {role.permissions.filter((name) => !isOwn(name)).join(', ') || 'nothing but sign in'}
      </Text>
    </Table.Td>
    <Table.Td ta="right">
      {!role.built_in && (
        <ActionMenu label={`More about ${role.name}`} actions={[edit(role), remove(role)]} />
      )}
    </Table.Td>
  </Table.Tr>
)

const edit = (role: Role): Action => ({
  words: 'Edit',
  Icon: IconEdit,
  call: 'changeRole',
  title: `Edit ${role.name}`,
  dialog: (onClose) => <RoleForm role={role} onClose={onClose} />,
})

const remove = ({ name }: Role) =>
  asking(
    {
      words: 'Delete',
      Icon: IconTrash,
      color: 'red',
      call: 'removeRole',
      title: `Delete the role ${name}?`,
    },
    {
      act: () => api.removeRole({ name }),
      reads: ['roles'],
      submit: 'Delete role',
      refused: 'Not deleted',
      color: 'red',
      children: 'Only a role that nobody has can be deleted.',
    },
  )
