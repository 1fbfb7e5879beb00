import { Card, Group } from '@mantine/core'
import { JobStatus } from '@linux-patch/shared/job'
import { IconListCheck, IconPlus } from '@tabler/icons-react'
import { Answered } from '../parts/answered.tsx'
import { JobTable } from '../parts/job-table.tsx'
import { NewJobButton } from '../parts/new-job-button.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Pager } from '../parts/pager.tsx'
import { StatusFilter } from '../parts/status-filter.tsx'
import { jobLooks } from '../parts/status.tsx'
import { Whose } from '../parts/whose.tsx'
import { useJobs } from '../queries.ts'
import { useFilter } from '../use-filter.ts'

const PAGE = 25

export function JobsPage() {
  const { page, text, set } = useFilter()
  const status = JobStatus.safeParse(text('status')).data
  const query = useJobs({ status, limit: PAGE, offset: (page - 1) * PAGE })
  return (
    <>
      <PageHead title="Jobs" below={<Whose />} actions={<StartJob />} />
      <Group mb="md">
        <StatusFilter statuses={JobStatus.options} looks={jobLooks} />
      </Group>
      <Answered query={query}>
        {({ jobs, ...part }) =>
          jobs.length === 0 ? (
            <NoJobs narrowed={status !== undefined} />
          ) : (
            <>
              <Card withBorder p={0}>
                <JobTable jobs={jobs} />
              </Card>
              <Pager what="jobs" {...part} onPage={(next) => set({ page: String(next) })} />
            </>
          )
        }
      </Answered>
    </>
  )
}

const StartJob = () => (
  <NewJobButton draft={{}} Icon={IconPlus}>
    New job
  </NewJobButton>
)

const NoJobs = ({ narrowed }: { narrowed: boolean }) =>
  narrowed ? (
    <Nothing Icon={IconListCheck} title="No job has this status" />
  ) : (
    <Nothing Icon={IconListCheck} title="No jobs yet" actions={<StartJob />}>
      A job applies patches, installs, updates or removes packages, or reboots the hosts you choose.
    </Nothing>
  )
