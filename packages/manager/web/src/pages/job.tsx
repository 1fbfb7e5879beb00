import { Anchor, Stack, Text } from '@mantine/core'
import type { Job, JobDetail } from '@linux-patch/shared/job'
import { Link } from 'wouter'
import { hostCount, spelt, titleOf } from '../job-words.ts'
import { Answered } from '../parts/answered.tsx'
import { Bar } from '../parts/bar.tsx'
import { Facts } from '../parts/facts.tsx'
import { JobActions } from '../parts/job-actions.tsx'
import { JobHosts } from '../parts/job-hosts.tsx'
import { JobLink } from '../parts/job-link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { jobLooks, Status } from '../parts/status.tsx'
import { Time } from '../parts/time.tsx'
import { useJob } from '../queries.ts'

export function JobPage({ id }: { id: string }) {
  const query = useJob(id)
  return (
    <>
      <Anchor component={Link} href="/jobs" size="sm">
        All jobs
      </Anchor>
      <Answered query={query}>{(job) => <Shown job={job} />}</Answered>
    </>
  )
}

const Shown = ({ job }: { job: JobDetail }) => (
  <Stack gap="lg">
    <PageHead
      title={titleOf(job)}
      actions={<JobActions key={job.id} job={job} />}
      badges={
        <span role="status" aria-label="Status of the job">
          <Status look={jobLooks[job.status]} />
        </span>
      }
      below={
        <Text c="dimmed" size="sm">
          On {hostCount(job.hosts.length)}
          {job.on_other_hosts && ', and on others that you do not see'}, started by {job.created_by}{' '}
          <Time at={job.created_at} />
        </Text>
      }
    />
    <Sheet title="Overall">
      <Stack>
        <Bar {...job} label="Progress of the job" />
        <Facts facts={factsOf(job)} />
      </Stack>
    </Sheet>
    <JobHosts job={job} />
  </Stack>
)

const factsOf = ({ packages, patches, exclude_packages, purge, notes, ...job }: JobDetail) => ({
  ...(packages.length > 0 && { Packages: packages.map(spelt).join(', ') }),
  ...(patches.length > 0 && { Patches: patches.join(', ') }),
  ...(exclude_packages.length > 0 && { 'Left alone': exclude_packages.join(', ') }),
  ...(purge && { Configuration: 'removed too' }),
  ...(notes && { Notes: notes }),
  ...links('Rolls back', job, ({ id }) => id === job.parent_job_id),
  ...links('Rolled back by', job, ({ parent_job_id }) => parent_job_id === job.id),
  Began: <Time at={job.started_at} never="not yet" />,
  Ended: <Time at={job.completed_at} never="not yet" />,
})

type Related = Pick<JobDetail, 'related_jobs'>

function links(name: string, { related_jobs }: Related, isMeant: (job: Job) => boolean) {
  const meant = related_jobs.filter(isMeant)
  if (meant.length === 0) return {}
  return { [name]: meant.map((job) => <JobLink key={job.id} job={job} />) }
}
