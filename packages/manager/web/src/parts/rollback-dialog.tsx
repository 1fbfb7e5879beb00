import { List, ScrollArea, Stack, Text } from '@mantine/core'
import type { JobHost } from '@linux-patch/shared/job'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { api } from '../api.ts'
import { hostCount } from '../job-words.ts'
import { DialogEnd } from './dialog-form.tsx'
import { Dialog } from './dialog.tsx'
import { JobNotes } from './why.tsx'

type Props = { id: string; hosts: JobHost[]; opened: boolean; onClose: () => void }

/** The last question before a job is taken back: it names what goes back to which version. */
export function RollbackDialog({ id, hosts, opened, onClose }: Props) {
  const [notes, setNotes] = useState('')
  const rollback = useRollback(id)
  return (
    <Dialog opened={opened} onClose={onClose} title="Roll this job back?" size="lg">
      <Stack>
        <Text size="sm">
          A new job puts these packages back on {hostCount(hosts.length)}. A host where something
          else has changed them since refuses, and stays as it is.
        </Text>
        <ScrollArea.Autosize mah={280}>
          <Hosts hosts={hosts} />
        </ScrollArea.Autosize>
        <JobNotes value={notes} onChange={(event) => setNotes(event.currentTarget.value)} />
        <DialogEnd
          doing={rollback}
          refused="Not rolled back"
          submit="Start rollback"
          back="Back"
          color="red"
          onClose={onClose}
          onConfirm={() => rollback.mutate(notes)}
        />
      </Stack>
    </Dialog>
  )
}

const Hosts = ({ hosts }: { hosts: JobHost[] }) => (
  <List listStyleType="none" spacing="sm" aria-label="What goes back">
    {hosts.map((host) => (
      <List.Item key={host.host_id}>
        <Text size="sm" fw={600}>
          {host.host_name}
        </Text>
        <Text size="sm" className="wrap">
          {whatGoesBack(host)}
        </Text>
      </List.Item>
    ))}
  </List>
)

function whatGoesBack({ changes, rollback }: JobHost): string {
  if (rollback?.possible === false)
    return `Nothing: ${rollback.reason ?? 'the host does not say why.'}`
  if (changes.length === 0) return 'What the job did is not known; the host knows.'
  return changes
    .filter(({ outcome }) => outcome !== 'not_done')
    .map(({ name, version_before }) => `${name} to ${version_before ?? 'not installed'}`)
    .join(', ')
}

function useRollback(id: string) {
  // One key for as long as the page is open: pressed twice or tried again, it is one job.
  const [idempotency_key] = useState(() => crypto.randomUUID())
  const [, navigate] = useLocation()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (notes: string) => api.rollbackJob({ id, notes }, { idempotency_key }),
    onSuccess(job) {
      queries.setQueryData(['job', job.id], job)
      void queries.invalidateQueries({ queryKey: ['jobs'] })
      void queries.invalidateQueries({ queryKey: ['job', id] })
      navigate(`/jobs/${job.id}`)
    },
  })
}
