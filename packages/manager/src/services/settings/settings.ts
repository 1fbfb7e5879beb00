import { Failure } from '@linux-patch/shared/failure'
import {
  MASKED,
  secretNames,
  sectionNames,
  type OpenSection,
  type SecretSection,
  type Section,
  type SentSettings,
  type Settings,
} from '@linux-patch/shared/settings'
import type { Database, Stores } from '../../db/open.ts'
import type { StoredSection } from '../../db/settings/settings.ts'
import type { Keys } from '../../pki/keys.ts'
import { entryFor } from '../audit/audit.ts'
import type { ManagerCall } from '../caller.ts'
import { holdKeys, sealedSettingName } from '../certificates/held-keys.ts'
import { changesOf, draftOf, isSecretSection, refuseToMoveSecret, type Draft } from './drafts.ts'
import { settingRules } from './rules.ts'
import { refuseReach } from '../sso/reach.ts'

type Deps = { database: Database; keys: Keys; http_on_loopback: boolean; now: () => Date }

export type SettingsService = ReturnType<typeof settingsService>

/** What can be set while managers run. It is read each time anew, so all of them go by it at once. */
export function settingsService({ database, keys, http_on_loopback, now }: Deps) {
  /** A section with its secret open. `stores`: those of the transaction that asks. */
  async function get<Name extends Section>(
    section: Name,
    { settings }: Pick<Stores, 'settings'> = database.stores,
  ): Promise<OpenSection[Name]> {
    return opened(keys, section, await settings.get(section))
  }

  async function told(): Promise<Settings> {
    const { smtp, oidc, security, audit } = await database.stores.settings.all()
    return {
      smtp: { ...smtp.values, password: masked(smtp) },
      oidc: { ...oidc.values, client_secret: masked(oidc) },
      security: security.values,
      audit: audit.values,
    }
  }

  async function judge(draft: Draft, { roles }: Pick<Stores, 'roles'>) {
    refuseToMoveSecret(draft)
    const rule = settingRules[draft.section] as (...given: unknown[]) => Promise<void> | void
    await rule(draft.after, { roles, http_on_loopback })
  }

  /** A section as it would be with what is sent. Nothing of it is kept. */
  async function tried<Name extends SecretSection>(
    section: Name,
    sent: SentSettings[Name],
  ): Promise<OpenSection[Name]> {
    const draft = draftOf(section, await database.stores.settings.get(section), sent)
    await judge(draft, database.stores)
    const { after: values, secret, sealed } = draft
    const draftWith = opened(keys, section, {
      values,
      sealed: secret === undefined ? sealed : null,
    })
    return secret === undefined ? draftWith : { ...draftWith, [secretNames[section]]: secret }
  }

  async function change(sent: SentSettings, call: ManagerCall): Promise<Settings> {
    await database.transaction(async (stores) => {
      // Always in this order: of two who change something at once, the second sees what the first did.
      await holdKeys(stores, keys)
      const held = await stores.settings.hold()
      let changes = {}
      for (const section of sectionNames) {
        const draft = draftOf<Section>(section, held[section], sent[section])
        const ofSection = changesOf(draft)
        if (Object.keys(ofSection).length === 0) continue
        await judge(draft, stores)
        if (isOidc(draft)) await refuseReach(draft, stores, call)
        const sealed = sealedAnew(keys, draft)
        const changed_at = now().toISOString()
        await stores.settings.change(section, { chosen: draft.chosen, sealed, changed_at })
        changes = { ...changes, ...ofSection }
      }
      if (Object.keys(changes).length > 0)
        await stores.audit.append(entryFor(call, now(), { ...what, details: { changes } }))
    })
    return told()
  }

  return { get, told, tried, change }
}

const what = { action: 'settings_change', target_type: 'settings', target_id: null }

const isOidc = (draft: Draft): draft is Draft<'oidc'> => draft.section === 'oidc'

const masked = ({ sealed }: StoredSection) => (sealed === null ? null : MASKED)

function opened<Name extends Section>(
  keys: Keys,
  section: Name,
  { values, sealed }: StoredSection<Name>,
): OpenSection[Name] {
  if (!isSecretSection(section)) return values as OpenSection[Name]
  const secret = sealed === null ? null : openSecret(keys, section, sealed)
  return { ...values, [secretNames[section]]: secret } as OpenSection[Name]
}

function openSecret({ open }: Keys, section: SecretSection, sealed: string): string {
  try {
    return open(sealedSettingName(section), sealed)
  } catch (cause) {
    const why = 'The master key was changed while this manager was running: restart the manager.'
    throw new Failure('unavailable', why, { cause })
  }
}

function sealedAnew({ seal }: Keys, { section, secret, sealed }: Draft): string | null {
  if (!isSecretSection(section) || secret === undefined) return sealed
  return secret === null ? null : seal(sealedSettingName(section), secret)
}
