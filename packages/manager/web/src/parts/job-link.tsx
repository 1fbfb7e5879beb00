import { Anchor, Group } from '@mantine/core'
import type { Job } from '@linux-patch/shared/job'
import { Link } from 'wouter'
import { titleOf } from '../job-words.ts'
import { jobLooks, Status } from './status.tsx'

/** Another job, by its name and with how it stands. */
export const JobLink = ({ job }: { job: Job }) => (
  <Group gap="sm">
    <Anchor component={Link} href={`/jobs/${job.id}`} size="sm">
      {titleOf(job)}
    </Anchor>
    <Status look={jobLooks[job.status]} />
  </Group>
)
