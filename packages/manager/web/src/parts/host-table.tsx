import { Anchor, Card, Checkbox, Stack, Table, Text } from '@mantine/core'
import type { Host } from '@linux-patch/shared/host'
import { Link } from 'wouter'
import { HostState } from './host-state.tsx'
import { IfMay } from './if-may.tsx'
import { SortHeader } from './sort-header.tsx'
import { Time } from './time.tsx'
import { Updates } from './updates.tsx'

type Props = {
  hosts: Host[]
  chosen: ReadonlySet<string>
  onChoose: (hosts: Host[], on: boolean) => void
}

export function HostTable({ hosts, chosen, onChoose }: Props) {
  const count = hosts.filter(({ id }) => chosen.has(id)).length
  return (
    <Card withBorder p={0}>
      <Table.ScrollContainer minWidth={960}>
        <Table highlightOnHover aria-label="Hosts">
          <Table.Thead>
            <Table.Tr>
              <IfMay call="createJob">
                <Table.Th w={44}>
                  <Checkbox
                    aria-label="Select all on this page"
                    checked={count === hosts.length}
                    indeterminate={count > 0 && count < hosts.length}
                    onChange={(event) => onChoose(hosts, event.currentTarget.checked)}
                  />
                </Table.Th>
              </IfMay>
              <SortHeader name="name">Host</SortHeader>
              <SortHeader name="status">Status</SortHeader>
              <Table.Th>Updates</Table.Th>
              <Table.Th>System</Table.Th>
              <SortHeader name="last_seen_at">Last seen</SortHeader>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {hosts.map((host) => (
              <Row
                key={host.id}
                host={host}
                chosen={chosen.has(host.id)}
                onChoose={(on) => onChoose([host], on)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}

type RowProps = { host: Host; chosen: boolean; onChoose: (on: boolean) => void }

const Row = ({ host, chosen, onChoose }: RowProps) => (
  <Table.Tr data-selected={chosen || undefined}>
    <IfMay call="createJob">
      <Table.Td>
        <Checkbox
          aria-label={`Select ${host.name}`}
          checked={chosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      </Table.Td>
    </IfMay>
    <Table.Td>
      <Stack gap={2}>
        <Anchor component={Link} href={`/hosts/${host.id}`} size="sm" fw={600} className="no-wrap">
          {host.name}
        </Anchor>
        <Text size="xs" c="dimmed">
          {host.ip_address}
        </Text>
      </Stack>
    </Table.Td>
    <Table.Td maw={220}>
      <HostState host={host} />
    </Table.Td>
    <Table.Td maw={300}>
      <Updates host={host} />
    </Table.Td>
    <Table.Td>
      <Text size="sm">{host.os ? `${host.os.name} ${host.os.version}` : 'unknown'}</Text>
    </Table.Td>
    <Table.Td>
      <Text size="sm" c="dimmed" className="no-wrap">
        <Time at={host.last_seen_at} />
      </Text>
    </Table.Td>
  </Table.Tr>
)
