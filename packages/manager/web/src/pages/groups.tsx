import { Card } from '@mantine/core'
import { IconPlus, IconUsersGroup } from '@tabler/icons-react'
import { Answered } from '../parts/answered.tsx'
import { DialogButton } from '../parts/dialog-button.tsx'
import { GroupTable } from '../parts/group-table.tsx'
import { IfMay } from '../parts/if-may.tsx'
import { GroupForm } from '../parts/group-form.tsx'
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
            {(onClose) => <GroupForm onClose={onClose} />}
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
