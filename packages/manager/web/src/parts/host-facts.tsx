import { SimpleGrid, Text } from '@mantine/core'
import type { Host } from '@linux-patch/shared/host'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Facts } from './facts.tsx'
import { Fingerprint } from './fingerprint.tsx'
import { Tinted } from './status.tsx'
import { Time, useNow } from './time.tsx'

export const HostFacts = ({ host }: { host: Host }) => (
  <SimpleGrid cols={{ base: 1, md: 2 }}>
    <Facts
      facts={{
        'Full name': host.fqdn,
        Address: `${host.ip_address}, port ${host.agent_port}`,
        System: `${host.os.name} ${host.os.version} ${host.os.codename}`,
        Kernel: `${host.os.kernel}, ${host.os.architecture}`,
        Reboot: rebootWords(host.pending_reboot),
        'Last seen': <Time at={host.last_seen_at} />,
      }}
    />
    <Facts
      facts={{
        Agent: host.agent_version ?? 'unknown',
        Certificate: <Expiry at={host.certificate_not_after} />,
        Key: <Fingerprint value={host.key_fingerprint} label="Key fingerprint" />,
        'Machine id': host.machine_id,
        Registered: <Time at={host.registered_at} />,
      }}
    />
  </SimpleGrid>
)

const rebootWords = (pending: boolean | null) =>
  pending === null ? 'unknown' : pending ? 'pending' : 'not needed'

const WARN_MS = 14 * 24 * 3600_000

function Expiry({ at }: { at: string | null }) {
  const left = at === null ? Infinity : Date.parse(at) - useNow()
  return (
    <Text size="sm" component="span" fw={left < WARN_MS ? 600 : 400}>
      {left < WARN_MS && <Tinted color="orange" Icon={IconAlertTriangle} />}{' '}
      {at === null ? '' : left < 0 ? 'expired ' : 'expires '}
      <Time at={at} never="unknown" />
    </Text>
  )
}
