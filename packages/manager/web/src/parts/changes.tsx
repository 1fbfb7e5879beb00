import { Group, Stack, Table, Text } from '@mantine/core'
import type { PackageChange } from '@linux-patch/shared/agent-job'
import { isFinalPart } from '@linux-patch/shared/job-moves'
import type { JobHost } from '@linux-patch/shared/job'
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconHourglass } from '@tabler/icons-react'
import { actionWords } from './preview-words.ts'
import { Tinted, type Look } from './status.tsx'

const outcomeLooks: Record<PackageChange['outcome'], Look> = {
  done: { word: 'Done', color: 'green', Icon: IconCircleCheck },
  not_done: { word: 'Not done', color: 'red', Icon: IconCircleX },
  broken: { word: 'Broken', color: 'red', Icon: IconAlertTriangle },
}
const notYet: Look = { word: 'Not yet', color: 'gray', Icon: IconHourglass }

/** What was planned for each package, and what the host's package database says now. */
export function Changes({ part: { changes, status, host_name } }: { part: JobHost }) {
  if (changes.length === 0) return null
  const lookOf = ({ outcome }: PackageChange) =>
    outcome === 'not_done' && !isFinalPart(status) ? notYet : outcomeLooks[outcome]
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        Packages
      </Text>
      <Table.ScrollContainer minWidth={680} maxHeight={420}>
        <Table aria-label={`Package changes on ${host_name}`} verticalSpacing={6} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              {['Package', 'Action', 'Before', 'Planned', 'After', 'Outcome'].map((name) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changes.map((change) => (
              <Row key={change.name} change={change} look={lookOf(change)} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  )
}

const Row = ({ change, look: { word, ...look } }: { change: PackageChange; look: Look }) => (
  <Table.Tr>
    <Table.Td fw={600}>{change.name}</Table.Td>
    <Table.Td>{actionWords[change.action]}</Table.Td>
    <Table.Td>{change.version_before ?? 'none'}</Table.Td>
    <Table.Td>{change.version_planned ?? 'none'}</Table.Td>
    <Table.Td>{change.version_after ?? 'none'}</Table.Td>
    <Table.Td>
      <Group gap={6} wrap="nowrap">
        <Tinted {...look} />
        {word}
      </Group>
    </Table.Td>
  </Table.Tr>
)
