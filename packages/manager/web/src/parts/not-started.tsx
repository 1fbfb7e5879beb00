import { Anchor, Text } from '@mantine/core'
import { Failure } from '@linux-patch/shared/failure'
import { Link } from 'wouter'
import { FailureAlert } from './failure-alert.tsx'

/** Why no job was started; and where an earlier try was taken, that job. */
export function NotStarted({ title, error }: { title: string; error: unknown }) {
  if (!error) return null
  const made = error instanceof Failure && error.code === 'idempotency_conflict'
  return (
    <FailureAlert title={title} error={error}>
      {made && (
        <Text size="sm">
          An earlier try from here was taken.{' '}
          <Anchor component={Link} href={`/jobs/${String(error.details.job_id)}`} inherit>
            Look at that job
          </Anchor>{' '}
          before you start another.
        </Text>
      )}
    </FailureAlert>
  )
}
