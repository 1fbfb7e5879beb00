import { Anchor, Button, Group, List, Modal, ScrollArea, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Failure } from '@linux-patch/shared/failure'
import type { Host } from '@linux-patch/shared/host'
import { NewJob } from '@linux-patch/shared/job'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { api } from '../api.ts'
import { effectOf, hostCount, titleOf } from '../job-words.ts'
import { FailureAlert } from './failure-alert.tsx'
import { HostState } from './host-state.tsx'
import type { inputOf } from './job-form.ts'
import { Updates } from './updates.tsx'

type Input = ReturnType<typeof inputOf>
type Props = { job: Input; hosts: Host[]; opened: boolean; onClose: () => void }

/** The last question: it names the hosts and says what will happen on them. */
export function ConfirmJob({ job, hosts, opened, onClose }: Props) {
  const start = useStart()
  const { data } = NewJob.safeParse(job)
  if (!data) return null
  const others = job.host_ids.length - hosts.length
  return (
    <Modal opened={opened} onClose={onClose} title="Start this job?">
      <Stack>
        <Text fw={600}>
          {titleOf(data)} on {hostCount(job.host_ids.length)}
        </Text>
        <Text size="sm">
          {effectOf(data)} Once begun on a host, the job runs to its end there, also if the manager
          or this page is closed.
        </Text>
        <ScrollArea.Autosize mah={280}>
          <Hosts hosts={hosts} />
        </ScrollArea.Autosize>
        {others > 0 && <Text size="sm">And on {hostCount(others)} more, not listed here.</Text>}
        <Refusal error={start.error} />
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button loading={start.isPending} onClick={() => start.mutate(job)}>
            Start job
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

const Hosts = ({ hosts }: { hosts: Host[] }) => (
  <List listStyleType="none" spacing="sm" aria-label="Hosts of this job">
    {hosts.map((host) => (
      <List.Item key={host.id}>
        <Text size="sm" fw={600}>
          {host.name}
        </Text>
        <Group gap="lg" align="start">
          <HostState host={host} />
          <Updates host={host} />
        </Group>
      </List.Item>
    ))}
  </List>
)

function Refusal({ error }: { error: unknown }) {
  if (!error) return null
  const taken = error instanceof Failure && error.code === 'idempotency_conflict'
  return (
    <FailureAlert title="The job is not started" error={error}>
      {taken && (
        <Text size="sm">
          An earlier try from this form was taken.{' '}
          <Anchor component={Link} href="/jobs" inherit>
            Look at the jobs
          </Anchor>{' '}
          before you start another.
        </Text>
      )}
    </FailureAlert>
  )
}

function useStart() {
  // One key for as long as the form is open: pressed twice or tried again, it is one job.
  const [idempotency_key] = useState(() => crypto.randomUUID())
  const [, navigate] = useLocation()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (job: Input) => api.createJob(job, { idempotency_key }),
    onSuccess(job) {
      queries.setQueryData(['job', job.id], job)
      void queries.invalidateQueries({ queryKey: ['jobs'] })
      notifications.show({ id: job.id, title: 'Job started', message: titleOf(job) })
      navigate(`/jobs/${job.id}`, { replace: true })
    },
  })
}
