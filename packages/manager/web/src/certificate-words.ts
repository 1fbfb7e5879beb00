import type {
  Certificate,
  CertificateKind,
  RevocationReason,
} from '@linux-patch/shared/certificate'

export const kindWords: Record<CertificateKind, string> = {
  agent: 'Host',
  manager: 'Manager, towards hosts',
  web: 'Manager, for people',
  operator: 'Operator',
  ocsp: 'Manager, for status',
}

export const reasonWords: Record<RevocationReason, string> = {
  unspecified: 'No reason given',
  keyCompromise: 'Its key is known to others',
  caCompromise: 'The key of the authority is known to others',
  affiliationChanged: 'Its owner has changed',
  superseded: 'Another certificate took its place',
  cessationOfOperation: 'It is not needed any more',
  certificateHold: 'On hold',
  privilegeWithdrawn: 'Its owner may not have it any more',
}

/** Who it belongs to, as a person says it. */
export const ownerOf = ({ host, name, kind }: Pick<Certificate, 'host' | 'name' | 'kind'>) =>
  host?.name ?? (kind === 'operator' && name ? name : kindWords[kind])

const DAY = 24 * 3_600_000

/** `12 days left`; rounded down, so that nothing looks safer than it is. */
export function leftWords({ status, not_after }: Certificate, now: number): string {
  if (status !== 'active') return ''
  const days = Math.floor((Date.parse(not_after) - now) / DAY)
  if (days < 1) return 'less than a day left'
  return days === 1 ? '1 day left' : `${days} days left`
}

/** Soon enough that somebody should look: a host renews its own long before. */
export const endsSoon = ({ status, not_after }: Certificate, now: number) =>
  status === 'active' && Date.parse(not_after) - now < 14 * DAY

/** Whether a person may end or renew it here: the manager looks after its own. */
export const isOwn = ({ kind }: Certificate) => kind !== 'agent' && kind !== 'operator'
