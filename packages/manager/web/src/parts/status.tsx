import { Badge } from '@mantine/core'
import type { CertificateStatus } from '@linux-patch/shared/certificate'
import type { HostStatus } from '@linux-patch/shared/host'
import type { JoinCodeState } from '@linux-patch/shared/join-code'
import type { JobPartStatus, JobStatus } from '@linux-patch/shared/job'
import type { Severity } from '@linux-patch/shared/patch'
import {
  IconAlertTriangle,
  IconAlertTriangleFilled,
  IconBan,
  IconCircleCheck,
  IconCircleHalf2,
  IconCircleX,
  IconClockHour4,
  IconClockX,
  IconFlame,
  IconHourglass,
  IconInfoCircle,
  IconPlayerPlay,
  IconPlugConnectedX,
  IconReplace,
  type Icon,
} from '@tabler/icons-react'

export type Look = { word: string; color: string; Icon: Icon }

export const hostLooks: Record<HostStatus, Look> = {
  pending: { word: 'Pending', color: 'gray', Icon: IconHourglass },
  healthy: { word: 'Healthy', color: 'green', Icon: IconCircleCheck },
  degraded: { word: 'Degraded', color: 'orange', Icon: IconAlertTriangle },
  unreachable: { word: 'Unreachable', color: 'red', Icon: IconPlugConnectedX },
}

export const jobLooks: Record<JobStatus | JobPartStatus, Look> = {
  queued: { word: 'Queued', color: 'gray', Icon: IconHourglass },
  pending: { word: 'Pending', color: 'gray', Icon: IconClockHour4 },
  running: { word: 'Running', color: 'blue', Icon: IconPlayerPlay },
  completed: { word: 'Completed', color: 'green', Icon: IconCircleCheck },
  partial: { word: 'Partly completed', color: 'orange', Icon: IconCircleHalf2 },
  failed: { word: 'Failed', color: 'red', Icon: IconCircleX },
  cancelled: { word: 'Cancelled', color: 'gray', Icon: IconBan },
  timeout: { word: 'Timed out', color: 'red', Icon: IconClockX },
}

export const certificateLooks: Record<CertificateStatus, Look> = {
  active: { word: 'In force', color: 'green', Icon: IconCircleCheck },
  superseded: { word: 'Replaced', color: 'gray', Icon: IconReplace },
  revoked: { word: 'Revoked', color: 'red', Icon: IconBan },
  expired: { word: 'Expired', color: 'orange', Icon: IconClockX },
}

export const joinCodeLooks: Record<JoinCodeState, Look> = {
  active: { word: 'Open', color: 'green', Icon: IconCircleCheck },
  used_up: { word: 'Used up', color: 'gray', Icon: IconBan },
  expired: { word: 'Expired', color: 'gray', Icon: IconClockX },
  revoked: { word: 'Revoked', color: 'red', Icon: IconBan },
}

export const severityLooks: Record<Severity, Look> = {
  critical: { word: 'Critical', color: 'red', Icon: IconFlame },
  high: { word: 'High', color: 'red', Icon: IconAlertTriangleFilled },
  medium: { word: 'Medium', color: 'orange', Icon: IconAlertTriangle },
  low: { word: 'Low', color: 'gray', Icon: IconInfoCircle },
}

/** A state as a word and an icon; the colour only repeats them. */
export const Status = ({ look: { word, color, Icon } }: { look: Look }) => (
  <Badge leftSection={<Tinted color={color} Icon={Icon} />}>{word}</Badge>
)

export const Tinted = ({ color, Icon }: Omit<Look, 'word'>) => (
  <Icon
    aria-hidden
    size={16}
    style={{ flex: 'none', color: `var(--mantine-color-${color}-text)` }}
  />
)
