import { Button, Group, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useHistoryState } from 'wouter/use-browser-location'
import { Answered } from '../parts/answered.tsx'
import { ConfirmJob } from '../parts/confirm-job.tsx'
import { JobFields } from '../parts/job-fields.tsx'
import { inputOf, useJobForm } from '../parts/job-form.ts'
import { PageHead } from '../parts/page-head.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { useHosts } from '../queries.ts'

/** Which hosts, what to do, and a last look before it is done. */
export function NewJobPage() {
  const form = useJobForm(useHistoryState<unknown>())
  const [confirming, confirm] = useDisclosure()
  // As many as a job may have.
  const query = useHosts({ limit: 1000 })
  return (
    <>
      <PageHead title="New job" />
      <Answered query={query}>
        {({ hosts, total }) => (
          <form aria-label="New job" noValidate onSubmit={form.onSubmit(confirm.open)}>
            <Stack gap="lg" maw={760}>
              <Sheet title="What to do, and where">
                <JobFields form={form} hosts={hosts} total={total} />
              </Sheet>
              <Group>
                <Button type="submit">Review</Button>
              </Group>
            </Stack>
            <ConfirmJob job={inputOf(form.values)} opened={confirming} onClose={confirm.close} />
          </form>
        )}
      </Answered>
    </>
  )
}
