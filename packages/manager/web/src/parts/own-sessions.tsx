import { Badge, Group, Table, Text } from '@mantine/core'
import { api } from '../api.ts'
import { useOwnSessions } from '../own-queries.ts'
import type { Listed } from '../queries.ts'
import { Answered } from './answered.tsx'
import { DialogButton } from './dialog-button.tsx'
import { Question } from './question.tsx'
import { Sheet } from './sheet.tsx'
import { Time } from './time.tsx'

type Session = Listed<'listOwnSessions'>['sessions'][number]

/** Where one is signed in, and the way to end that from here. */
export const OwnSessions = () => (
  <Sheet title="Sessions" actions={<EndOthers />}>
    <Answered query={useOwnSessions()}>
      {({ sessions }) => (
        <Table.ScrollContainer minWidth={560}>
          <Table aria-label="Sessions">
            <Table.Thead>
              <Table.Tr>
                {['Where', 'Since', 'Last used', 'Ends'].map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
                <Table.Th aria-label="Actions" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sessions.map((session) => (
                <Row key={session.id} session={session} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Answered>
  </Sheet>
)

const Row = ({ session }: { session: Session }) => (
  <Table.Tr>
    <Table.Td maw={300} className="wrap">
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {session.ip}
        </Text>
        {session.is_current && <Badge>This one</Badge>}
      </Group>
      <Text size="xs" c="dimmed" lineClamp={2} title={session.user_agent}>
        {session.user_agent}
      </Text>
    </Table.Td>
    {[session.created_at, session.last_used_at, session.expires_at].map((at, place) => (
      <Table.Td key={place} className="no-wrap">
        <Time at={at} />
      </Table.Td>
    ))}
    <Table.Td>{!session.is_current && <End session={session} />}</Table.Td>
  </Table.Tr>
)

const End = ({ session: { id, ip } }: { session: Session }) => (
  <DialogButton
    words="End"
    title="End this session?"
    aria-label={`End the session from ${ip}`}
    size="compact-sm"
    variant="default"
  >
    {(onClose) => (
      <Question
        act={() => api.endOwnSession({ session_id: id })}
        reads={['sessions']}
        submit="End session"
        refused="Not ended"
        onClose={onClose}
      >
        Whoever uses it is signed out at once.
      </Question>
    )}
  </DialogButton>
)

const EndOthers = () => (
  <DialogButton words="End all others" variant="default">
    {(onClose) => (
      <Question
        act={() => api.endOtherSessions()}
        reads={['sessions']}
        submit="End them"
        refused="Not ended"
        done="You are signed in here alone."
        onClose={onClose}
      >
        You are then signed in here alone.
      </Question>
    )}
  </DialogButton>
)
