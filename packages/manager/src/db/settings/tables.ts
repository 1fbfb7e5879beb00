import type { Section } from '@linux-patch/shared/settings'

export type SettingTables = {
  /** A row per section, always. */
  setting: {
    section: Section
    /** What somebody has set, as JSON; defaults hold for the rest. */
    chosen: string
    /** The secret of the section, which is read and changed with the rest of it. */
    sealed: string | null
    changed_at: string | null
  }
}
