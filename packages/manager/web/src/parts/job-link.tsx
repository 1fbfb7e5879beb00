import { Anchor, Group } from '@mantine/core'
import { Link } from 'wouter'
import { titleOf } from '../job-words.ts'
import { useJob } from '../queries.ts'
import { jobLooks, Status } from './status.tsx'

/** Another job, by its name and with how it stands. */
export function JobLink({ id }: { id: string }) {
  const { data } = useJob(id)
  return (
    <Group gap="sm">
      <Anchor component={Link} href={`/jobs/${id}`} size="sm">
        {data ? titleOf(data) : id}
      </Anchor>
      {data && <Status look={jobLooks[data.status]} />}
    </Group>
  )
}
