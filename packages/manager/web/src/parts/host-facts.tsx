import { SimpleGrid, Text } from '@mantine/core'
import type { CertificateState, CrlState } from '@linux-patch/shared/certificate-state'
import type { Host } from '@linux-patch/shared/host'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Facts } from './facts.tsx'
import { Fingerprint } from './fingerprint.tsx'
import { Tinted } from './status.tsx'
import { Time } from './time.tsx'

export const HostFacts = ({ host }: { host: Host }) => (
  <SimpleGrid cols={{ base: 1, md: 2 }}>
    <Facts
      facts={{
        'Full name': host.fqdn,
        Address: `${host.ip_address}, port ${host.agent_port}`,
        System: host.os ? `${host.os.name} ${host.os.version} ${host.os.codename}` : 'unknown',
        Kernel: host.os ? `${host.os.kernel}, ${host.os.architecture}` : 'unknown',
        Reboot: rebootWords(host.pending_reboot),
        'Last seen': <Time at={host.last_seen_at} />,
      }}
    />
    <Facts
      facts={{
        Agent: host.agent_version ?? 'unknown',
        Certificate: <Expiry at={host.certificate_not_after} state={host.certificate_state} />,
        'Revoked certificates': crlWords[host.crl_state ?? 'unknown'],
        Key: host.key_fingerprint ? (
          <Fingerprint value={host.key_fingerprint} label="Key fingerprint" />
        ) : (
          'none yet'
        ),
        'Machine id': host.machine_id ?? 'unknown',
        Registered: <Time at={host.registered_at} />,
        Tags: host.tags.join(', ') || 'none',
        Groups: host.groups.map(({ name }) => name).join(', ') || 'none',
        Notes: host.notes || 'none',
      }}
    />
  </SimpleGrid>
)

const rebootWords = (pending: boolean | null) =>
  pending === null ? 'unknown' : pending ? 'pending' : 'not needed'

const crlWords: Record<CrlState | 'unknown', string> = {
  valid: 'known to the host',
  expired: 'known to the host, by a list that has ended',
  missing: 'not known to the host',
  invalid: 'the host’s list cannot be used',
  unknown: 'unknown',
}

/** A host renews its certificate by itself: one that is due was not renewed. */
function Expiry({ at, state }: { at: string | null; state: CertificateState | null }) {
  const isLate = state !== null && state !== 'ok'
  return (
    <Text size="sm" component="span" fw={isLate ? 600 : 400}>
      {isLate && <Tinted color="orange" Icon={IconAlertTriangle} />}{' '}
      {at === null ? '' : state === 'expired' ? 'expired ' : 'expires '}
      <Time at={at} never="unknown" />
    </Text>
  )
}
