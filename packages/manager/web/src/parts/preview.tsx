import { Alert, Code, Group, Stack, Table, Text } from '@mantine/core'
import type { HostPreview } from '@linux-patch/shared/job-preview'
import type { Transaction, TransactionChange } from '@linux-patch/shared/transaction'
import { IconAlertTriangle, IconPower, IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { Pager } from './pager.tsx'
import { actionWords, countWords, diskWords, effectWords, sizeWords } from './preview-words.ts'
import { Status, Tinted } from './status.tsx'

const PAGE = 10

/** What a job would do on each host, or why a host does not say so. */
export function Preview({ hosts }: { hosts: HostPreview[] }) {
  const [page, setPage] = useState(1)
  const offset = (page - 1) * PAGE
  return (
    <Stack gap="lg">
      {hosts.slice(offset, offset + PAGE).map((host) => (
        <Stack key={host.host_id} gap={6} role="group" aria-label={`Preview of ${host.host_name}`}>
          <Group gap="sm">
            <Text fw={600}>{host.host_name}</Text>
            {host.transaction?.reboot_required && <Status look={rebootLook} />}
          </Group>
          {host.transaction && <Planned host={host.host_name} transaction={host.transaction} />}
          <NoPreview error={host.error} />
        </Stack>
      ))}
      {hosts.length > PAGE && (
        <Pager what="hosts" total={hosts.length} offset={offset} limit={PAGE} onPage={setPage} />
      )}
    </Stack>
  )
}

const rebootLook = { word: 'Reboot required', color: 'orange', Icon: IconPower }

function Planned({ host, transaction }: { host: string; transaction: Transaction }) {
  if (transaction.changes.length === 0) return <Text size="sm">{countWords(transaction)}</Text>
  return (
    <>
      <Text size="sm" className="wrap">
        {countWords(transaction)} Fetches {sizeWords(transaction.download_bytes)}.{' '}
        {[...transaction.disk.map(diskWords), ...effectWords(transaction)].join(' ')}
      </Text>
      <Table.ScrollContainer minWidth={560} maxHeight={260}>
        <Table aria-label={`Planned changes on ${host}`} verticalSpacing={4} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              {['Package', 'Action', 'Now', 'Then', 'From'].map((name) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {transaction.changes.map((change) => (
              <Row key={change.name} change={change} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  )
}

const Row = ({ change }: { change: TransactionChange }) => (
  <Table.Tr>
    <Table.Td fw={600}>{change.name}</Table.Td>
    <Table.Td>{actionWords[change.action]}</Table.Td>
    <Table.Td>{change.version_before ?? 'none'}</Table.Td>
    <Table.Td>{change.version_planned ?? 'none'}</Table.Td>
    <Table.Td>
      <Group gap={6} wrap="nowrap">
        {change.security && <Tinted color="red" Icon={IconShieldCheck} />}
        <Text size="xs" className="wrap">
          {change.security && 'Security: '}
          {change.origins.join(', ')}
        </Text>
      </Group>
    </Table.Td>
  </Table.Tr>
)

const NoPreview = ({ error }: { error: HostPreview['error'] }) =>
  error && (
    <Alert color="orange" title="No preview" icon={<IconAlertTriangle aria-hidden />}>
      <Text size="sm" className="wrap">
        {error.message}
      </Text>
      <Text size="xs" mt="xs">
        Code: <Code>{error.code}</Code>
      </Text>
    </Alert>
  )
