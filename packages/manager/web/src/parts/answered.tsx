import { Alert, Skeleton, Stack } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { wordsOf } from '../failure-words.ts'
import { FailureAlert } from './failure-alert.tsx'
import { Time } from './time.tsx'

type Props<Data> = { query: UseQueryResult<Data>; children: (data: Data) => ReactNode }

/** Shows an answer; until it is there, that; and if it cannot be read again, how old it is. */
export function Answered<Data>({ query, children }: Props<Data>) {
  const { data, error, dataUpdatedAt } = query
  const retry = () => void query.refetch()
  if (data === undefined) return error ? <FailureAlert error={error} retry={retry} /> : <Loading />
  return (
    <>
      {error && (
        <Alert
          mb="md"
          color="yellow"
          role="alert"
          title="What you see may be out of date"
          icon={<IconPlugConnectedX aria-hidden />}
        >
          {wordsOf(error)} Read <Time at={new Date(dataUpdatedAt).toISOString()} />.
        </Alert>
      )}
      {children(data)}
    </>
  )
}

const Loading = () => (
  <Stack gap="sm" role="status" aria-label="Loading">
    {[1, 2, 3].map((line) => (
      <Skeleton key={line} h={44} />
    ))}
  </Stack>
)
