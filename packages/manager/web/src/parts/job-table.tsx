import { Anchor, Stack, Table, Text } from '@mantine/core'
import type { Job } from '@linux-patch/shared/job'
import { Link } from 'wouter'
import { hostCount, titleOf } from '../job-words.ts'
import { Bar } from './bar.tsx'
import { jobLooks, Status } from './status.tsx'
import { Time } from './time.tsx'

export const JobTable = ({ jobs }: { jobs: Job[] }) => (
  <Table.ScrollContainer minWidth={780}>
    <Table highlightOnHover aria-label="Jobs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Job</Table.Th>
          <Table.Th>Status</Table.Th>
          <Table.Th>Hosts</Table.Th>
          <Table.Th w={180}>Progress</Table.Th>
          <Table.Th>Started by</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {jobs.map((job) => (
          <Row key={job.id} job={job} />
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
)

const Row = ({ job }: { job: Job }) => (
  <Table.Tr>
    <Table.Td maw={320}>
      <Stack gap={2}>
        <Anchor component={Link} href={`/jobs/${job.id}`} size="sm" fw={600} className="wrap">
          {titleOf(job)}
        </Anchor>
        {job.notes && (
          <Text size="xs" c="dimmed" lineClamp={1}>
            {job.notes}
          </Text>
        )}
      </Stack>
    </Table.Td>
    <Table.Td>
      <Status look={jobLooks[job.status]} />
    </Table.Td>
    <Table.Td maw={260}>
      <Text size="sm">{hostCount(job.host_names.length)}</Text>
      <Text size="xs" c="dimmed" lineClamp={1} title={job.host_names.join(', ')}>
        {job.host_names.join(', ')}
      </Text>
    </Table.Td>
    <Table.Td>
      <Bar {...job} label={`Progress of ${titleOf(job)}`} />
    </Table.Td>
    <Table.Td>
      <Text size="sm">{job.created_by}</Text>
      <Text size="xs" c="dimmed">
        <Time at={job.created_at} />
      </Text>
    </Table.Td>
  </Table.Tr>
)
