import { Card, Group } from '@mantine/core'
import { RoleName } from '@linux-patch/shared/role'
import { IconPlus, IconUsers } from '@tabler/icons-react'
import { Answered } from '../parts/answered.tsx'
import { Choice } from '../parts/choice.tsx'
import { DialogButton } from '../parts/dialog-button.tsx'
import { IfMay } from '../parts/if-may.tsx'
import { NewUserForm } from '../parts/new-user-form.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Pager } from '../parts/pager.tsx'
import { SearchFilter } from '../parts/search-filter.tsx'
import { UserTable } from '../parts/user-table.tsx'
import { useRoleNames, useUsers } from '../people-queries.ts'
import { useFilter } from '../use-filter.ts'

const PAGE = 25

export function UsersPage() {
  const { page, text, set } = useFilter()
  const roles = useRoleNames()
  const roleOptions = Object.fromEntries(roles.map((role) => [role, role]))
  const query = useUsers({
    search: text('search') || undefined,
    role: RoleName.safeParse(text('role')).data,
    is_active: text('active') === '' ? undefined : text('active') === 'yes',
    limit: PAGE,
    offset: (page - 1) * PAGE,
  })
  return (
    <>
      <PageHead title="Users" actions={<NewUser />} />
      <Group mb="md" role="search">
        <SearchFilter label="Search users" placeholder="Search by name or mail address" />
        <Choice name="role" label="Role" any="Any role" options={roleOptions} />
        <Choice
          name="active"
          label="Active"
          any="Active or not"
          options={{ yes: 'Active', no: 'Not active' }}
        />
      </Group>
      <Answered query={query}>
        {({ users, ...part }) =>
          users.length === 0 ? (
            <Nothing Icon={IconUsers} title="No user is like that" />
          ) : (
            <>
              <Card withBorder p={0}>
                <UserTable users={users} />
              </Card>
              <Pager what="users" {...part} onPage={(next) => set({ page: String(next) })} />
            </>
          )
        }
      </Answered>
    </>
  )
}

const NewUser = () => (
  <IfMay call="createUser">
    <DialogButton words="New user" Icon={IconPlus} holds>
      {(onClose) => <NewUserForm onClose={onClose} />}
    </DialogButton>
  </IfMay>
)
