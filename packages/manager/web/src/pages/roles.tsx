import { Card } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Answered } from '../parts/answered.tsx'
import { DialogButton } from '../parts/dialog-button.tsx'
import { IfMay } from '../parts/if-may.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { RoleForm } from '../parts/role-form.tsx'
import { RoleTable } from '../parts/role-table.tsx'
import { useRoles } from '../people-queries.ts'

/** What each role lets its holders do. */
export const RolesPage = () => (
  <>
    <PageHead
      title="Roles"
      actions={
        <IfMay call="createRole">
          <DialogButton words="New role" Icon={IconPlus}>
            {(onClose) => <RoleForm onClose={onClose} />}
          </DialogButton>
        </IfMay>
      }
    />
    <Answered query={useRoles()}>
      {({ roles }) => (
        <Card withBorder p={0}>
          <RoleTable roles={roles} />
        </Card>
      )}
    </Answered>
  </>
)
