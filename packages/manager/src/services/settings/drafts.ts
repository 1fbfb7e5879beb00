import { Failure } from '@linux-patch/shared/failure'
import {
  MASKED,
  secretNames,
  type SecretSection,
  type Section,
  type SectionValues,
  type SentSettings,
} from '@linux-patch/shared/settings'
import type { StoredSection } from '../../db/settings/settings.ts'

/** A section as it would be with what was sent. */
export type Draft<Name extends Section = Section> = {
  section: Name
  before: SectionValues[Name]
  after: SectionValues[Name]
  /** What was sent, without the secret. */
  chosen: Record<string, unknown>
  /** A new one, null where it is cleared, undefined where it stays. */
  secret: string | null | undefined
  sealed: string | null
}

export const isSecretSection = (section: Section): section is SecretSection =>
  Object.hasOwn(secretNames, section)

export function draftOf<Name extends Section>(
  section: Name,
  { values, sealed }: StoredSection<Name>,
  sent: SentSettings[Name] = {},
): Draft<Name> {
  const chosen: Record<string, unknown> = { ...sent }
  let secret: string | null | undefined
  if (isSecretSection(section)) {
    const given = chosen[secretNames[section]] as string | null | undefined
    if (given !== MASKED) secret = given
    delete chosen[secretNames[section]]
  }
  return { section, before: values, after: { ...values, ...chosen }, chosen, secret, sealed }
}

/** By what a section names whom its secret is told to. */
const parties = { smtp: ['host'], oidc: ['issuer', 'client_id'] } as const

/** A secret that stays is not told to somebody else: whoever names another one has to know it. */
export function refuseToMoveSecret({ section, before, after, secret, sealed }: Draft): void {
  if (!isSecretSection(section) || sealed === null || secret !== undefined) return
  const moved = parties[section].find((name) => valueOf(before, name) !== valueOf(after, name))
  if (moved === undefined) return
  const name = `${section}.${secretNames[section]}`
  const message = `${section}.${moved} changes, and the stored ${name} is not sent to another server: send it again, or null.`
  throw new Failure('invalid_request', message, { details: { fields: [{ field: name, message }] } })
}

type Change = { before: unknown; after: unknown } | 'changed'

/** What is other than before, by its full name. Of a secret only that it is. */
export function changesOf({ section, before, after, chosen, ...draft }: Draft) {
  const changes: Record<string, Change> = {}
  for (const name of Object.keys(chosen)) {
    const change = { before: valueOf(before, name), after: valueOf(after, name) }
    if (isOtherThan(change.before, change.after)) changes[`${section}.${name}`] = change
  }
  if (isSecretSection(section) && isOther(draft))
    changes[`${section}.${secretNames[section]}`] = 'changed'
  return changes
}

/** A new secret counts as another one: to tell would take opening the one that is set. */
const isOther = ({ secret, sealed }: Pick<Draft, 'secret' | 'sealed'>) =>
  secret === null ? sealed !== null : secret !== undefined

/** In another order it is another one: of the groups that give roles, the first that fits counts. */
export const isOtherThan = (before: unknown, after: unknown): boolean =>
  JSON.stringify(before) !== JSON.stringify(after)

const valueOf = (values: object, name: string) => (values as Record<string, unknown>)[name]
