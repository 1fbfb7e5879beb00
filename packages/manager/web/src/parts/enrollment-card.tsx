import { Alert, Button, SimpleGrid, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Enrollment } from '@linux-patch/shared/enrollment'
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react'
import { ApproveDialog } from './approve-dialog.tsx'
import { DenyDialog } from './deny-dialog.tsx'
import { Facts } from './facts.tsx'
import { Fingerprint } from './fingerprint.tsx'
import { IfMay } from './if-may.tsx'
import { NoKey } from './no-key.tsx'
import { KnownHost } from './known-host.tsx'
import { Warnings } from './warnings.tsx'
import { Sheet } from './sheet.tsx'
import { Time } from './time.tsx'

/** A host that asks for a place: what it claims, what we saw ourselves, and the decision. */
export function EnrollmentCard({ enrollment }: { enrollment: Enrollment }) {
  const [approving, approve] = useDisclosure()
  const [denying, deny] = useDisclosure()
  const { fqdn } = enrollment
  return (
    <Sheet
      title={fqdn}
      actions={
        <>
          <IfMay call="denyEnrollment">
            <Button
              variant="default"
              leftSection={<IconX size={16} aria-hidden />}
              aria-label={`Deny ${fqdn}`}
              onClick={deny.open}
            >
              Deny
            </Button>
          </IfMay>
          <IfMay call="approveEnrollment">
            <Button
              leftSection={<IconCheck size={16} aria-hidden />}
              aria-label={`Approve ${fqdn}`}
              onClick={approve.open}
            >
              Approve
            </Button>
          </IfMay>
        </>
      }
    >
      <Claims enrollment={enrollment} />
      <ApproveDialog enrollment={enrollment} opened={approving} onClose={approve.close} />
      <DenyDialog enrollment={enrollment} opened={denying} onClose={deny.close} />
    </Sheet>
  )
}

function Claims({ enrollment }: { enrollment: Enrollment }) {
  const { os_details: os, ip_address, source_ip, agent_port, ...rest } = enrollment
  return (
    <Stack gap="md">
      <KnownHost known={enrollment.known_host} />
      <Warnings warnings={enrollment.warnings} />
      {rest.waits_because !== null && (
        <Alert
          color="yellow"
          title="The join code did not let it in"
          icon={<IconAlertTriangle aria-hidden />}
        >
          {rest.waits_because}
        </Alert>
      )}
      {ip_address !== source_ip && (
        <Alert color="yellow" title="The addresses differ" icon={<IconAlertTriangle aria-hidden />}>
          The host says that it is at {ip_address}, but its request came from {source_ip}. Behind a
          proxy or address translation that is normal; otherwise find out why first.
        </Alert>
      )}
      <Stack gap={2}>
        <Text size="sm" fw={500}>
          Fingerprint of the host&apos;s key
        </Text>
        {rest.key_fingerprint === null ? (
          <NoKey />
        ) : (
          <>
            <Fingerprint value={rest.key_fingerprint} label={`Key fingerprint of ${rest.fqdn}`} />
            <Text size="sm" c="dimmed">
              linux-patch-agent enroll printed the same on the host. If it did not, deny.
            </Text>
          </>
        )}
      </Stack>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Facts
          facts={{
            'Claimed address': `${ip_address}, port ${agent_port}`,
            'Asked from': source_ip,
            System: `${os.name} ${os.version}`,
            Kernel: `${os.kernel}, ${os.architecture}`,
          }}
        />
        <Facts
          facts={{
            Agent: rest.agent_version ?? 'unknown',
            'Machine id': rest.machine_id,
            'Join code': rest.join_code?.name ?? 'none',
            Asked: <Time at={rest.created_at} />,
            Expires: <Time at={rest.expires_at} />,
          }}
        />
      </SimpleGrid>
    </Stack>
  )
}
