import { Code, Spoiler, Stack, Table, Text } from '@mantine/core'
import type { AuditEntry } from '@linux-patch/shared/audit'
import { IconBan, IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react'
import { Status, type Look } from './status.tsx'
import { Time } from './time.tsx'

export const AuditTable = ({ entries }: { entries: AuditEntry[] }) => (
  <Table.ScrollContainer minWidth={900}>
    <Table highlightOnHover aria-label="Audit">
      <Table.Thead>
        <Table.Tr>
          {['When', 'Who', 'What', 'Outcome', 'Details'].map((name) => (
            <Table.Th key={name}>{name}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Row key={entry.seq} entry={entry} />
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
)

const Row = ({ entry }: { entry: AuditEntry }) => (
  <Table.Tr>
    <Table.Td className="no-wrap">
      <Text size="sm">
        <Time at={entry.at} />
      </Text>
      <Text size="xs" c="dimmed">
        row {entry.seq}
      </Text>
    </Table.Td>
    <Table.Td maw={180}>
      <Text size="sm" fw={600} className="wrap">
        {entry.actor_name}
      </Text>
      <Text size="xs" c="dimmed" className="wrap">
        {[entry.actor_type, entry.ip].filter(Boolean).join(', ')}
      </Text>
    </Table.Td>
    <Table.Td maw={240}>
      <Text size="sm" className="wrap">
        {entry.action}
      </Text>
      <Text size="xs" c="dimmed" className="wrap">
        {[entry.target_type, entry.target_id].filter(Boolean).join(' ')}
      </Text>
    </Table.Td>
    <Table.Td>
      <Status look={looks[entry.outcome] ?? other(entry.outcome)} />
    </Table.Td>
    <Table.Td maw={380}>
      <Details entry={entry} />
    </Table.Td>
  </Table.Tr>
)

const Details = ({ entry: { details, request_id } }: { entry: AuditEntry }) => (
  <Spoiler maxHeight={60} showLabel="Show all" hideLabel="Show less">
    <Stack gap={2}>
      {Object.entries(details).map(([name, value]) => (
        <Text key={name} size="xs" className="wrap">
          {name}: {typeof value === 'string' ? value : JSON.stringify(value)}
        </Text>
      ))}
      {request_id !== null && (
        <Text size="xs" c="dimmed" className="wrap">
          Request <Code fz="xs">{request_id}</Code>
        </Text>
      )}
    </Stack>
  </Spoiler>
)

const looks: Record<string, Look> = {
  success: { word: 'Done', color: 'green', Icon: IconCircleCheck },
  failure: { word: 'Failed', color: 'red', Icon: IconCircleX },
  refused: { word: 'Refused', color: 'orange', Icon: IconBan },
}
const other = (word: string): Look => ({ word, color: 'gray', Icon: IconInfoCircle })
