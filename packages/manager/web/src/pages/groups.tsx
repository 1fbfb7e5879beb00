import { Card, Stack, Table, Text } from '@mantine/core'
import type { Group } from '@linux-patch/shared/group'
import { IconPlus, IconUsersGroup } from '@tabler/icons-react'
import { Answered } from '../parts/answered.tsx'
import { DialogButton } from '../parts/dialog-button.tsx'
import { IfMay } from '../parts/if-may.tsx'
import { NewGroupForm } from '../parts/new-group-form.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useGroups } from '../queries.ts'

/** What ties hosts to those who take care of them. */
export const GroupsPage = () => (
  <>
    <PageHead
      title="Groups"
      actions={
        <IfMay call="createGroup">
          <DialogButton words="New group" Icon={IconPlus}>
            {(onClose) => <NewGroupForm onClose={onClose} />}
          </DialogButton>
        </IfMay>
      }
    />
    <Answered query={useGroups()}>
      {({ groups }) =>
        groups.length === 0 ? (
          <Nothing Icon={IconUsersGroup} title="No groups yet">
            A user whose role is bound to groups sees the hosts of his groups, and those in none.
          </Nothing>
        ) : (
          <Card withBorder p={0}>
            <GroupTable groups={groups} />
          </Card>
        )
      }
    </Answered>
  </>
)

const GroupTable = ({ groups }: { groups: Group[] }) => (
  <Table.ScrollContainer minWidth={480}>
    <Table highlightOnHover aria-label="Groups">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Group</Table.Th>
          <Table.Th>Hosts</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {groups.map(({ id, name, description, host_count }) => (
          <Table.Tr key={id}>
            <Table.Td>
              <Stack gap={2}>
                <Text size="sm" fw={600} className="wrap">
                  {name}
                </Text>
                <Text size="xs" c="dimmed" className="wrap">
                  {description}
                </Text>
              </Stack>
            </Table.Td>
            <Table.Td>{host_count}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
)
