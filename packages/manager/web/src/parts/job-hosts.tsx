import { Chip, Group, Stack } from '@mantine/core'
import { JobPartStatus, type JobDetail } from '@linux-patch/shared/job'
import { useState } from 'react'
import { JobHostCard } from './job-host-card.tsx'
import { Pager } from './pager.tsx'
import { jobLooks } from './status.tsx'

const PAGE = 20

/** Host by host. Many hosts are shown in pages, and by status: the failed ones are what one looks for. */
export function JobHosts({ job }: { job: JobDetail }) {
  const [status, setStatus] = useState('all')
  const [page, setPage] = useState(1)
  const hosts = job.hosts.filter((host) => status === 'all' || host.status === status)
  const offset = (page - 1) * PAGE

  function narrow(next: string) {
    setStatus(next)
    setPage(1)
  }

  return (
    <Stack gap="lg">
      {job.hosts.length > 1 && (
        <Chip.Group value={status} onChange={narrow}>
          <Group gap="xs" role="radiogroup" aria-label="Show hosts by status">
            <Chip value="all">All {job.hosts.length}</Chip>
            {countsOf(job).map(([found, count]) => (
              <Chip key={found} value={found}>
                {jobLooks[found].word} {count}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      )}
      {hosts.slice(offset, offset + PAGE).map((part) => (
        <JobHostCard key={part.host_id} part={part} />
      ))}
      {hosts.length > PAGE && (
        <Pager what="hosts" total={hosts.length} offset={offset} limit={PAGE} onPage={setPage} />
      )}
    </Stack>
  )
}

const countsOf = ({ hosts }: JobDetail) =>
  JobPartStatus.options
    .map((status) => [status, hosts.filter((host) => host.status === status).length] as const)
    .filter(([, count]) => count > 0)
