import { Text } from '@mantine/core'
import type { CertificateSummary } from '@linux-patch/shared/certificate'

/** How all of them are that the search lets through, whatever status is chosen. */
export const CertificateSummaryLine = ({ summary }: { summary: CertificateSummary }) => (
  <Text size="sm" c="dimmed" mb="sm" role="status" aria-label="Summary of certificates">
    {summary.active} in force
    {summary.expiring > 0 && `, ${summary.expiring} of them end within 30 days`};{' '}
    {summary.superseded} replaced, {summary.revoked} revoked, {summary.expired} expired.
  </Text>
)
