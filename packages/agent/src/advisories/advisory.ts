import type { Severity } from '@linux-patch/shared/patch'

/** From which version on a source package has the hole, and in which one it has it no more. */
export type Interval = { introduced: string; fixed: string }

export type Affected = { ecosystem: string; source: string; intervals: Interval[] }

/** What a distribution tells its users about holes in its packages, in no format's own words. */
export type Advisory = {
  id: string
  summary: string
  description: string
  published_at: string | null
  cve_ids: string[]
  /** Null where the record does not rate it. */
  severity: Severity | null
  /** Whether the record itself says that the fix needs a reboot. */
  requires_reboot: boolean
  affected: Affected[]
}
