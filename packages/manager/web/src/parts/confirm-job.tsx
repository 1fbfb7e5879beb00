import { Anchor, ScrollArea, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { JobDraft, NewJob } from '@linux-patch/shared/job'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { api } from '../api.ts'
import { effectOf, hostCount, titleOf } from '../job-words.ts'
import { usePreview } from '../queries.ts'
import { Answered } from './answered.tsx'
import { DialogEnd } from './dialog-form.tsx'
import { Dialog } from './dialog.tsx'
import type { inputOf } from './job-form.ts'
import { startFrom } from './preview-start.ts'
import { Preview } from './preview.tsx'

type Input = ReturnType<typeof inputOf>
type Props = { job: Input; opened: boolean; onClose: () => void }
type Start = ReturnType<typeof useStart>

/** The last question: it says what will happen on each host, as the host itself says it. */
export function ConfirmJob({ job, opened, onClose }: Props) {
  const start = useStart()
  const { data } = NewJob.safeParse(job)
  if (!data) return null
  const draft = JobDraft.safeParse(job).data
  return (
    <Dialog opened={opened} onClose={onClose} title="Start this job?" size={draft ? 'xl' : 'md'}>
      <Stack>
        <Text fw={600}>
          {titleOf(data)} on {hostCount(job.host_ids.length)}
        </Text>
        <Text size="sm">
          {effectOf(data)} Once begun on a host, the job goes on there, also if the manager or this
          page is closed; cancelled, it stops at the next safe place.
        </Text>
        {draft ? (
          <Previewed draft={draft} start={start} onClose={onClose} />
        ) : (
          <Ask start={start} onClose={onClose} onConfirm={() => start.mutate(job)} />
        )}
      </Stack>
    </Dialog>
  )
}

type Asking = { start: Start; onClose: () => void }

/** Asked for when the dialog opens. The job is bound to what is shown here. */
function Previewed({ draft, ...asking }: Asking & { draft: JobDraft }) {
  const query = usePreview(draft)
  const { word, isOffered, expected_digests } = startFrom(query)
  const silent = (query.data?.hosts ?? []).filter(({ transaction }) => transaction === null).length
  return (
    <>
      <ScrollArea.Autosize mah="50vh">
        <Answered query={query}>{({ hosts }) => <Preview hosts={hosts} />}</Answered>
      </ScrollArea.Autosize>
      {silent > 0 && (
        <Text size="sm">
          <Anchor component="button" type="button" onClick={() => void query.refetch()} inherit>
            Ask again
          </Anchor>
          , or start: {hostCount(silent)} without a preview, and what the job does there, the host
          decides then.
        </Text>
      )}
      <Ask
        {...asking}
        disabled={query.isFetching || !isOffered}
        word={word}
        onConfirm={() => asking.start.mutate({ ...draft, expected_digests })}
      />
    </>
  )
}

type StartProps = Asking & { onConfirm: () => void; disabled?: boolean; word?: string }

const Ask = ({ start, word = 'Start job', ...end }: StartProps) => (
  <DialogEnd doing={start} refused="The job is not started" submit={word} back="Back" {...end} />
)

function useStart() {
  // One key for as long as the form is open: pressed twice or tried again, it is one job.
  const [idempotency_key] = useState(() => crypto.randomUUID())
  const [, navigate] = useLocation()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (job: Input | (JobDraft & Pick<NewJob, 'expected_digests'>)) =>
      api.createJob(job, { idempotency_key }),
    onSuccess(job) {
      queries.setQueryData(['job', job.id], job)
      void queries.invalidateQueries({ queryKey: ['jobs'] })
      notifications.show({ id: job.id, title: 'Job started', message: titleOf(job) })
      navigate(`/jobs/${job.id}`, { replace: true })
    },
  })
}
