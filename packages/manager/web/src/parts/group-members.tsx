import { Anchor, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { api } from '../api.ts'
import { useGroupUsers } from '../people-queries.ts'
import { useHosts } from '../queries.ts'
import { AddHost, AddUser } from './add-member.tsx'
import { Answered } from './answered.tsx'
import { DialogButton } from './dialog-button.tsx'
import { IfMay } from './if-may.tsx'
import { MemberTable } from './member-table.tsx'
import { Pager } from './pager.tsx'
import { Sheet } from './sheet.tsx'

const PAGE = 25

export function GroupHosts({ id: group_id }: { id: string }) {
  const [page, setPage] = useState(1)
  const query = useHosts({ group_id, limit: PAGE, offset: (page - 1) * PAGE })
  const add = (
    <IfMay call="addHostToGroup">
      <DialogButton words="Add a host" Icon={IconPlus} variant="default">
        {(onClose) => <AddHost group_id={group_id} onClose={onClose} />}
      </DialogButton>
    </IfMay>
  )
  return (
    <Sheet title="Hosts" actions={add}>
      <Answered query={query}>
        {({ hosts, ...part }) => (
          <>
            <MemberTable
              label="Hosts"
              members={hosts.map(({ id, name }) => ({ id, name, shown: shownHost(id, name) }))}
              call="removeHostFromGroup"
              remove={(id) => api.removeHostFromGroup({ id, group_id })}
              follows="Where it is in no other group, everybody sees it then."
            />
            <Pager what="hosts" {...part} onPage={setPage} />
          </>
        )}
      </Answered>
    </Sheet>
  )
}

const shownHost = (id: string, name: string) => (
  <Anchor component={Link} href={`/hosts/${id}`} size="sm">
    {name}
  </Anchor>
)

export function GroupUsers({ id }: { id: string }) {
  const [page, setPage] = useState(1)
  const query = useGroupUsers({ id, limit: PAGE, offset: (page - 1) * PAGE })
  const add = (
    <IfMay call="addUserToGroup">
      <DialogButton words="Add a user" Icon={IconPlus} variant="default">
        {(onClose) => <AddUser group_id={id} onClose={onClose} />}
      </DialogButton>
    </IfMay>
  )
  return (
    <Sheet title="Users" actions={add}>
      <Answered query={query}>
        {({ users, ...part }) => (
          <>
            <MemberTable
              label="Users"
              members={users.map((user) => ({
                id: user.id,
                name: user.username,
                shown: <Text size="sm">{`${user.username}, ${user.role}`}</Text>,
              }))}
              call="removeUserFromGroup"
              remove={(user_id) => api.removeUserFromGroup({ id, user_id })}
              follows="Where the role is bound to groups, its hosts are not seen any more."
            />
            <Pager what="users" {...part} onPage={setPage} />
          </>
        )}
      </Answered>
    </Sheet>
  )
}
