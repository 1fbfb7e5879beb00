import { Alert, Anchor, Button, Code, Stack, Text } from '@mantine/core'
import { Failure } from '@linux-patch/shared/failure'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from 'wouter'
import { requestIdOf, wordsOf } from '../failure-words.ts'
import { isBySso } from '../proof.ts'
import { ssoAddress } from '../sso-address.ts'

type Props = { error: unknown; title?: string; retry?: () => void }

/** What went wrong, in words; where the fault is not the person's, also the id under which the manager's log tells the rest. */
export function FailureAlert({ error, title, retry }: Props) {
  const id = requestIdOf(error)
  return (
    <Alert
      color="red"
      role="alert"
      title={title ?? 'This did not work'}
      icon={<IconAlertTriangle aria-hidden />}
    >
      <Stack gap="xs" align="start">
        <Text size="sm" className="wrap">
          {wordsOf(error)}
        </Text>
        <TakenBefore error={error} />
        <SignInAgain error={error} />
        {id !== undefined && (
          <Text size="xs">
            Request id: <Code>{id}</Code>
          </Text>
        )}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** Where an earlier try to start a job was taken, that job. */
const TakenBefore = ({ error }: { error: unknown }) =>
  error instanceof Failure &&
  error.code === 'idempotency_conflict' && (
    <Text size="sm">
      An earlier try from here was taken.{' '}
      <Anchor component={Link} href={`/jobs/${String(error.details.job_id)}`} inherit>
        Look at that job
      </Anchor>{' '}
      before you start another.
    </Text>
  )

/** For who can prove who he is only where he signed in. */
const SignInAgain = ({ error }: { error: unknown }) =>
  error instanceof Failure &&
  error.code === 'step_up_required' &&
  isBySso(error.details.methods) && (
    <Text size="sm">
      <Anchor href={ssoAddress(location)} inherit>
        Sign in again
      </Anchor>
      ; that leads back here, and what is typed in here has to be typed in anew.
    </Text>
  )
