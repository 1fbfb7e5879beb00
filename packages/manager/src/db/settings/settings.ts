import {
  settingsDefaults,
  settingsSections,
  type SecretSection,
  type Section,
  type SectionValues,
} from '@linux-patch/shared/settings'
import { lockedIn } from '../locked-in.ts'
import type { Db, Engine, Row } from '../schema.ts'

/** A section, with its secret as it was sealed. One row, so that no secret is ever seen beside another host's name. */
export type StoredSection<Name extends Section = Section> = {
  values: SectionValues[Name]
  sealed: string | null
}
type StoredSettings = { [Name in Section]: StoredSection<Name> }

type Change = { chosen: Record<string, unknown>; sealed: string | null; changed_at: string }

export const settingStore = (db: Db, engine: Engine) => ({
  async get<Name extends Section>(section: Name): Promise<StoredSection<Name>> {
    const row = await db
      .selectFrom('setting')
      .selectAll()
      .where('section', '=', section)
      .executeTakeFirstOrThrow()
    return toSection(row) as StoredSection<Name>
  },

  async all(): Promise<StoredSettings> {
    return toSettings(await db.selectFrom('setting').selectAll().execute())
  },

  /** All of them, which nobody changes until the transaction ends. */
  async hold(): Promise<StoredSettings> {
    const all = db.selectFrom('setting').selectAll().orderBy('section')
    return toSettings(await lockedIn(engine)(all).execute())
  },

  /** Adds to what was chosen. Only for who holds them. */
  async change(section: Section, { chosen, ...change }: Change): Promise<void> {
    const before = await db
      .selectFrom('setting')
      .select('chosen')
      .where('section', '=', section)
      .executeTakeFirstOrThrow()
    const all = { ...(JSON.parse(before.chosen) as object), ...chosen }
    await db
      .updateTable('setting')
      .set({ ...change, chosen: JSON.stringify(all) })
      .where('section', '=', section)
      .execute()
  },

  async listSealed(): Promise<{ section: SecretSection; sealed: string }[]> {
    return db
      .selectFrom('setting')
      .select(['section', 'sealed'])
      .where('sealed', 'is not', null)
      .orderBy('section')
      .$narrowType<{ section: SecretSection; sealed: string }>()
      .execute()
  },

  /** Leaves it where it is not what it was any more. */
  async reseal(section: Section, before: string, sealed: string): Promise<void> {
    await db
      .updateTable('setting')
      .set({ sealed })
      .where('section', '=', section)
      .where('sealed', '=', before)
      .execute()
  },
})

function toSection({ section, chosen, sealed }: Row<'setting'>): StoredSection {
  const values = { ...settingsDefaults[section], ...(JSON.parse(chosen) as object) }
  return { values: settingsSections[section].parse(values), sealed }
}

const toSettings = (rows: Row<'setting'>[]) =>
  Object.fromEntries(rows.map((row) => [row.section, toSection(row)])) as StoredSettings
