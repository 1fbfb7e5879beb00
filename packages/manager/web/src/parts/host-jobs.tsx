import type { Host } from '@linux-patch/shared/host'
import { Text } from '@mantine/core'
import { useJobs } from '../queries.ts'
import { Answered } from './answered.tsx'
import { JobTable } from './job-table.tsx'
import { Sheet } from './sheet.tsx'

export function HostJobs({ host }: { host: Host }) {
  const query = useJobs({ host_id: host.id, limit: 5 })
  return (
    <Sheet title="Latest jobs">
      <Answered query={query}>
        {({ jobs }) =>
          jobs.length === 0 ? (
            <Text size="sm" c="dimmed">
              No job has run on this host.
            </Text>
          ) : (
            <JobTable jobs={jobs} />
          )
        }
      </Answered>
    </Sheet>
  )
}
