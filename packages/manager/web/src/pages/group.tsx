import { Anchor, Stack, Text } from '@mantine/core'
import { Link } from 'wouter'
import { Answered } from '../parts/answered.tsx'
import { GroupHosts, GroupUsers } from '../parts/group-members.tsx'
import { IfMay } from '../parts/if-may.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useGroup } from '../people-queries.ts'

/** One group: its hosts, and who takes care of them. */
export const GroupPage = ({ id }: { id: string }) => (
  <>
    <Anchor component={Link} href="/groups" size="sm">
      All groups
    </Anchor>
    <Answered query={useGroup(id)}>
      {({ name, description }) => (
        <Stack gap="lg" maw={760}>
          <PageHead title={name} below={<Text c="dimmed">{description}</Text>} />
          <GroupHosts id={id} />
          <IfMay call="listGroupUsers">
            <GroupUsers id={id} />
          </IfMay>
        </Stack>
      )}
    </Answered>
  </>
)
