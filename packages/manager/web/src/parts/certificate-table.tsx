import { Anchor, Stack, Table, Text } from '@mantine/core'
import type { Certificate } from '@linux-patch/shared/certificate'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from 'wouter'
import { endsSoon, kindWords, leftWords, ownerOf, reasonWords } from '../certificate-words.ts'
import { CertificateActions } from './certificate-actions.tsx'
import { certificateLooks, Status, Tinted } from './status.tsx'
import { Time, useNow } from './time.tsx'

export const CertificateTable = ({ certificates }: { certificates: Certificate[] }) => (
  <Table.ScrollContainer minWidth={900}>
    <Table highlightOnHover aria-label="Certificates">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Of</Table.Th>
          <Table.Th>Status</Table.Th>
          <Table.Th>Ends</Table.Th>
          <Table.Th>Serial number</Table.Th>
          <Table.Th>Issued</Table.Th>
          <Table.Th aria-label="Actions" />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {certificates.map((certificate) => (
          <Row key={certificate.id} certificate={certificate} />
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
)

const Row = ({ certificate }: { certificate: Certificate }) => (
  <Table.Tr>
    <Table.Td maw={240}>
      <Owner certificate={certificate} />
    </Table.Td>
    <Table.Td maw={220}>
      <Stack gap={2} align="start">
        <Status look={certificateLooks[certificate.status]} />
        {certificate.revocation_reason && (
          <Text size="xs" c="dimmed">
            {reasonWords[certificate.revocation_reason]}, <Time at={certificate.revoked_at} />
            {certificate.revoked_by && ` by ${certificate.revoked_by}`}
          </Text>
        )}
      </Stack>
    </Table.Td>
    <Table.Td>
      <End certificate={certificate} />
    </Table.Td>
    <Table.Td maw={170}>
      <Text size="xs" ff="monospace" truncate title={certificate.serial}>
        {certificate.serial}
      </Text>
    </Table.Td>
    <Table.Td>
      <Text size="sm">{certificate.issued_by ?? 'by itself'}</Text>
      <Text size="xs" c="dimmed">
        <Time at={certificate.created_at} />
      </Text>
    </Table.Td>
    <Table.Td>
      <CertificateActions certificate={certificate} />
    </Table.Td>
  </Table.Tr>
)

function Owner({ certificate }: { certificate: Certificate }) {
  const { host, kind } = certificate
  return (
    <Stack gap={2}>
      {host ? (
        <Anchor component={Link} href={`/hosts/${host.id}`} size="sm" fw={600} className="wrap">
          {host.name}
        </Anchor>
      ) : (
        <Text size="sm" fw={600} className="wrap">
          {ownerOf(certificate)}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {kindWords[kind]}
      </Text>
    </Stack>
  )
}

function End({ certificate }: { certificate: Certificate }) {
  const now = useNow()
  return (
    <>
      <Text size="sm" fw={endsSoon(certificate, now) ? 600 : 400} className="no-wrap">
        {endsSoon(certificate, now) && <Tinted color="orange" Icon={IconAlertTriangle} />}{' '}
        {leftWords(certificate, now)}
      </Text>
      <Text size="xs" c="dimmed">
        <Time at={certificate.not_after} />
      </Text>
    </>
  )
}
