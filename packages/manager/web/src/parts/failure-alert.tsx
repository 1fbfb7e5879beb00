import { Alert, Button, Code, Stack, Text } from '@mantine/core'
import { Failure } from '@linux-patch/shared/failure'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'

type Props = { error: unknown; title?: string; retry?: () => void; children?: ReactNode }

/** What went wrong, in words, and the id under which the manager's log tells the rest. */
export function FailureAlert({ error, title, retry, children }: Props) {
  const id = error instanceof Failure ? error.details.request_id : undefined
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
        {children}
        {typeof id === 'string' && (
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

/** The manager words its failures for people; anything else is a fault of page or manager. */
export const wordsOf = (error: unknown) =>
  error instanceof Failure
    ? error.message
    : 'The answer of the manager could not be read. Reload the page: the manager may be newer than it.'
