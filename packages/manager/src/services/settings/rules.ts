import { Failure } from '@linux-patch/shared/failure'
import type { RoleRights } from '@linux-patch/shared/permissions'
import type { SectionValues } from '@linux-patch/shared/settings'
import { isUnprotected } from '@linux-patch/shared/settings/oidc'
import type { Stores } from '../../db/open.ts'

type SettingRules = {
  roles: Stores['roles']
  /** Whether a provider on this machine may do without TLS. */
  http_on_loopback: boolean
}

/** What no section may hold, though each of its values is right by itself. */
export const settingRules = {
  smtp({ security, username }: SectionValues['smtp']) {
    if (security === 'none' && username !== null)
      refuse('smtp.username', 'must not be set without TLS: no password is sent unencrypted')
  },

  async oidc(oidc: SectionValues['oidc'], { roles, http_on_loopback }: SettingRules) {
    refuseUnprotected(oidc, http_on_loopback)
    if (oidc.enabled)
      for (const name of ['issuer', 'client_id'] as const)
        if (oidc[name] === null) refuse(`oidc.${name}`, 'must be set before oidc.enabled is true')

    const given = Object.values(oidc.role_by_group)
    const named = oidc.default_role === null ? given : [...given, oidc.default_role]
    const rights = await roles.rightsOfThese(named)
    refuseUnknown('oidc.role_by_group', given, rights)
    if (oidc.default_role === null) return
    refuseUnknown('oidc.default_role', [oidc.default_role], rights)
    if (rights.get(oidc.default_role)?.permissions.includes('settings:write'))
      refuse(
        'oidc.default_role',
        'must not be a role that may change the settings: everybody would get it',
      )
  },

  async security(security: SectionValues['security'], { roles }: SettingRules) {
    const { mfa_required_roles: named } = security
    refuseUnknown('security.mfa_required_roles', named, await roles.rightsOfThese(named))
  },

  audit() {},
}

/** Also where nothing is stored, for what is only tried. */
export function refuseUnprotected(
  { issuer, redirect_uri }: Pick<SectionValues['oidc'], 'issuer' | 'redirect_uri'>,
  http_on_loopback: boolean,
): void {
  for (const [name, url] of Object.entries({ issuer, redirect_uri }))
    if (url !== null && isUnprotected(url) && !http_on_loopback)
      refuse(`oidc.${name}`, 'must be an https address')
}

function refuseUnknown(field: string, names: string[], rights: Map<string, RoleRights>) {
  const unknown = names.find((name) => !rights.has(name))
  if (unknown !== undefined) refuse(field, `names a role that does not exist: ${unknown}`)
}

function refuse(field: string, message: string): never {
  throw new Failure('invalid_request', `${field} ${message}.`, {
    details: { fields: [{ field, message }] },
  })
}
