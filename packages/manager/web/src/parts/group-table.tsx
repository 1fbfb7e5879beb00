import { Anchor, Stack, Table, Text } from '@mantine/core'
import type { Group } from '@linux-patch/shared/group'
import { IconEdit, IconTrash } from '@tabler/icons-react'
import { Link } from 'wouter'
import { ActionMenu, type Action } from './action-menu.tsx'
import { GroupForm } from './group-form.tsx'
import { RemoveGroupForm } from './remove-group-form.tsx'

export const GroupTable = ({ groups }: { groups: Group[] }) => (
  <Table.ScrollContainer minWidth={560}>
    <Table highlightOnHover aria-label="Groups">
      <Table.Thead>
        <Table.Tr>
          {['Group', 'Hosts', 'Users'].map((name) => (
            <Table.Th key={name}>{name}</Table.Th>
          ))}
          <Table.Th aria-label="Actions" />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {groups.map((group) => (
          <Row key={group.id} group={group} />
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
)

const Row = ({ group }: { group: Group }) => (
  <Table.Tr>
    <Table.Td>
      <Stack gap={2}>
        <Anchor component={Link} href={`/groups/${group.id}`} size="sm" fw={600} className="wrap">
          {group.name}
        </Anchor>
        <Text size="xs" c="dimmed" className="wrap">
          {group.description}
        </Text>
      </Stack>
    </Table.Td>
    <Table.Td>{group.host_count}</Table.Td>
    <Table.Td>{group.user_count}</Table.Td>
    <Table.Td ta="right">
      <ActionMenu label={`More about ${group.name}`} actions={actionsFor(group)} />
    </Table.Td>
  </Table.Tr>
)

const actionsFor = (group: Group): Action[] => [
  {
    words: 'Edit',
    Icon: IconEdit,
    call: 'changeGroup',
    title: `Edit ${group.name}`,
    dialog: (onClose) => <GroupForm group={group} onClose={onClose} />,
  },
  {
    words: 'Delete',
    Icon: IconTrash,
    color: 'red',
    call: 'removeGroup',
    title: `Delete the group ${group.name}?`,
    dialog: (onClose) => <RemoveGroupForm group={group} onClose={onClose} />,
  },
]
