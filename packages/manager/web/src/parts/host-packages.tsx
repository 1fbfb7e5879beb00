import { Group, Stack, Table, Text } from '@mantine/core'
import type { HostDetail } from '@linux-patch/shared/host'
import type { Package } from '@linux-patch/shared/package'
import { IconArrowRight } from '@tabler/icons-react'
import { Blocked } from './blocked.tsx'
import { NewJobButton } from './new-job-button.tsx'
import { NoneRead } from './none-read.tsx'
import { Sheet } from './sheet.tsx'

export const HostPackages = ({ host }: { host: HostDetail }) => (
  <Sheet
    title="Packages with updates"
    actions={
      <NewJobButton size="xs" variant="default" draft={{ kind: 'update', host_ids: [host.id] }}>
        Update a package
      </NewJobButton>
    }
  >
    {host.packages.length === 0 ? (
      <NoneRead host={host} what="updates" />
    ) : (
      <Table.ScrollContainer minWidth={720} maxHeight={560}>
        <Table aria-label="Packages with updates" stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Package</Table.Th>
              <Table.Th>Installed and available</Table.Th>
              <Table.Th>Security</Table.Th>
              <Table.Th aria-label="Actions" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {host.packages.map((found) => (
              <Row key={`${found.name}:${found.architecture}`} found={found} host_id={host.id} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    )}
  </Sheet>
)

const Row = ({ found, host_id }: { found: Package; host_id: string }) => (
  <Table.Tr>
    <Table.Td>
      <Stack gap={2}>
        <Text size="sm" fw={600}>
          {found.name}
        </Text>
        <Text size="xs" c="dimmed">
          {found.architecture}
        </Text>
      </Stack>
    </Table.Td>
    <Table.Td>
      <Stack gap={2}>
        <Group gap={6}>
          <Text size="sm">{found.version}</Text>
          <IconArrowRight size={14} aria-label="to" />
          <Text size="sm">{found.available_version ?? 'unknown'}</Text>
        </Group>
        <Blocked by={found.blocked_by} />
      </Stack>
    </Table.Td>
    <Table.Td>
      <Text size="sm">{securityWords(found.security)}</Text>
    </Table.Td>
    <Table.Td ta="right">
      {!found.blocked_by && <UpdateButton name={found.name} host_id={host_id} />}
    </Table.Td>
  </Table.Tr>
)

const UpdateButton = ({ name, host_id }: { name: string; host_id: string }) => (
  <NewJobButton
    size="compact-sm"
    variant="default"
    aria-label={`Update ${name}`}
    draft={{ kind: 'update', host_ids: [host_id], packages: [{ name, version: null }] }}
  >
    Update
  </NewJobButton>
)

const securityWords = (security: boolean | null) =>
  security === null ? 'Unknown' : security ? 'Yes' : 'No'
