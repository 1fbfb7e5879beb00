import { Alert, Anchor, Card, Code, Group, Stack, Text, Title } from '@mantine/core'
import { isFinalPart } from '@linux-patch/shared/job-moves'
import type { JobHost } from '@linux-patch/shared/job'
import { IconAlertTriangle, IconBan, IconPower } from '@tabler/icons-react'
import { useId } from 'react'
import { Link } from 'wouter'
import { isStopping } from '../job-words.ts'
import { Bar } from './bar.tsx'
import { Changes } from './changes.tsx'
import { Log } from './log.tsx'
import { jobLooks, Status } from './status.tsx'
import { Time } from './time.tsx'

/** A host's part of a job: how far it is, what became of its packages, what its log says. */
export function JobHostCard({ part }: { part: JobHost }) {
  const title = useId()
  return (
    <Card withBorder padding="lg" component="section" aria-labelledby={title}>
      <Stack gap="md">
        <Group justify="space-between">
          <Group gap="sm">
            <Title order={2} id={title}>
              <Anchor component={Link} href={`/hosts/${part.host_id}`} inherit>
                {part.host_name}
              </Anchor>
            </Title>
            <span role="status" aria-label={`Status on ${part.host_name}`}>
              <Status look={jobLooks[part.status]} />
            </span>
            <Stopping part={part} />
            <Reboot part={part} />
          </Group>
          <Text size="sm" c="dimmed">
            <When part={part} />
          </Text>
        </Group>
        <Stack gap={4}>
          <Bar {...part} label={`Progress on ${part.host_name}`} />
          <Text size="sm" className="wrap">
            {part.message}
          </Text>
        </Stack>
        <NotCancelled part={part} />
        <WhatWentWrong part={part} />
        <NoWayBack part={part} />
        <Changes part={part} />
        <Log part={part} />
      </Stack>
    </Card>
  )
}

const Stopping = ({ part }: { part: JobHost }) =>
  isStopping(part) && <Status look={{ word: 'Stopping', color: 'orange', Icon: IconBan }} />

const Reboot = ({ part: { reboot_required } }: { part: JobHost }) =>
  reboot_required && <Status look={{ word: 'Reboot required', color: 'orange', Icon: IconPower }} />

const When = ({ part: { status, completed_at, updated_at } }: { part: JobHost }) =>
  isFinalPart(status) ? (
    <>
      ended <Time at={completed_at} never="at an unknown time" />
    </>
  ) : (
    <>
      updated <Time at={updated_at} />
    </>
  )

const NotCancelled = ({ part: { cancel_refused } }: { part: JobHost }) =>
  cancel_refused !== null && (
    <Text size="sm" className="wrap">
      It was not cancelled: {cancel_refused}
    </Text>
  )

const NoWayBack = ({ part: { rollback } }: { part: JobHost }) =>
  rollback?.possible === false && (
    <Text size="sm" c="dimmed" className="wrap">
      This cannot be rolled back: {rollback.reason ?? 'the host does not say why.'}
    </Text>
  )

/** That it stopped because people wanted it to is nothing wrong, and its message says so. */
function WhatWentWrong({ part: { status, error_code, last_error } }: { part: JobHost }) {
  if (status === 'cancelled' || (error_code === null && last_error === null)) return null
  return (
    <Alert color="red" title="What went wrong" icon={<IconAlertTriangle aria-hidden />}>
      <Text size="sm" className="wrap">
        {last_error ?? 'The host did not say more.'}
      </Text>
      {error_code !== null && (
        <Text size="xs" mt="xs">
          Code: <Code>{error_code}</Code>
        </Text>
      )}
    </Alert>
  )
}
