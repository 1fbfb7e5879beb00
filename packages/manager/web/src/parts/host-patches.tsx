import { Checkbox, Stack, Table, Text } from '@mantine/core'
import type { HostDetail } from '@linux-patch/shared/host'
import type { Patch } from '@linux-patch/shared/patch'
import { IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { Blocked } from './blocked.tsx'
import { IfMay } from './if-may.tsx'
import { NewJobButton } from './new-job-button.tsx'
import { NoneRead } from './none-read.tsx'
import { Sheet } from './sheet.tsx'
import { severityLooks, Status } from './status.tsx'

export function HostPatches({ host }: { host: HostDetail }) {
  const [chosen, setChosen] = useState<string[]>([])
  // A patch that is applied meanwhile leaves the list, and the choice with it.
  const patches = chosen.filter((id) => host.patches.some((patch) => patch.id === id))
  return (
    <Sheet
      title="Patches"
      actions={
        <NewJobButton
          size="xs"
          variant="default"
          Icon={IconShieldCheck}
          disabled={patches.length === 0}
          draft={{ kind: 'patch_apply', host_ids: [host.id], patches }}
        >
          {patches.length === 0
            ? 'Apply selected patches'
            : `Apply selected patches (${patches.length})`}
        </NewJobButton>
      }
    >
      {host.patches.length === 0 ? (
        <NoneRead host={host} what="patches" />
      ) : (
        <Checkbox.Group value={patches} onChange={setChosen} aria-label="Patches to apply">
          <Patches patches={host.patches} />
        </Checkbox.Group>
      )}
    </Sheet>
  )
}

const Patches = ({ patches }: { patches: Patch[] }) => (
  <Table.ScrollContainer minWidth={720} maxHeight={560}>
    <Table aria-label="Patches" stickyHeader>
      <Table.Thead>
        <Table.Tr>
          <IfMay call="createJob">
            <Table.Th w={44} aria-label="Select" />
          </IfMay>
          <Table.Th>Patch</Table.Th>
          <Table.Th>Severity</Table.Th>
          <Table.Th>Packages</Table.Th>
          <Table.Th>Reboot</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {patches.map((patch) => (
          <Row key={patch.id} patch={patch} />
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
)

const Row = ({ patch }: { patch: Patch }) => (
  <Table.Tr>
    <IfMay call="createJob">
      <Table.Td>
        <Checkbox value={patch.id} aria-label={`Select ${patch.id}`} />
      </Table.Td>
    </IfMay>
    <Table.Td maw={380}>
      <Stack gap={2}>
        <Text size="sm" fw={600} className="wrap">
          {patch.id}
        </Text>
        <Text size="xs" c="dimmed" lineClamp={2}>
          {[...patch.cve_ids, patch.description].filter(Boolean).join(', ')}
        </Text>
        <Blocked by={patch.blocked_by} />
      </Stack>
    </Table.Td>
    <Table.Td>
      <Stack gap={2} align="start">
        <Status look={severityLooks[patch.severity]} />
        <Text size="xs" c="dimmed">
          {sourceWords[patch.severity_source]}
        </Text>
      </Stack>
    </Table.Td>
    <Table.Td maw={260}>
      <Text size="sm" className="wrap">
        {patch.affected_packages.join(', ')}
      </Text>
    </Table.Td>
    <Table.Td>
      <Text size="sm">{patch.requires_reboot ? 'Needed' : 'Not needed'}</Text>
    </Table.Td>
  </Table.Tr>
)

const sourceWords: Record<Patch['severity_source'], string> = {
  advisory: 'says the advisory',
  archive: 'says the archive',
  changelog: 'says the changelog',
  default: 'assumed: nobody says',
}
