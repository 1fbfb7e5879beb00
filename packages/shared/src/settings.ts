import { z } from 'zod'
import { oidc, oidcDefaults } from './settings/oidc.ts'
import { audit, auditDefaults, security, securityDefaults } from './settings/security.ts'
import { smtp, smtpDefaults } from './settings/smtp.ts'

/** Shown in the place of a secret that is set. Sent back, it keeps that secret. */
export const MASKED = '********'

/** The settings by section, without what is secret. */
export const settingsSections = {
  smtp: z.object(smtp),
  oidc: z.object(oidc),
  security: z.object(security),
  audit: z.object(audit),
}
export type Section = keyof typeof settingsSections
export const sectionNames = Object.keys(settingsSections) as Section[]
export type SectionValues = { [Name in Section]: z.output<(typeof settingsSections)[Name]> }

/** The values of settings that nobody has changed. */
export const settingsDefaults: SectionValues = {
  smtp: smtpDefaults,
  oidc: oidcDefaults,
  security: securityDefaults,
  audit: auditDefaults,
}

/** The one secret of a section that has one. */
export const secretNames = { smtp: 'password', oidc: 'client_secret' } as const
export type SecretSection = keyof typeof secretNames
export type Smtp = SectionValues['smtp'] & { password: string | null }
export type Oidc = SectionValues['oidc'] & { client_secret: string | null }
export type Security = SectionValues['security']

/** A section as the manager's own code has it: secrets are open. */
export type OpenSection = {
  smtp: Smtp
  oidc: Oidc
  security: Security
  audit: SectionValues['audit']
}

const MaskedSecret = z.literal(MASKED).nullable()
/** MASKED, or none, keeps the secret that is set; null clears it. */
const SentSecret = z.string().min(1).max(1000).nullable()

/** The settings as people read them: no secret is ever shown. */
export const Settings = z
  .object({
    smtp: settingsSections.smtp.extend({ password: MaskedSecret }),
    oidc: settingsSections.oidc.extend({ client_secret: MaskedSecret }),
    security: settingsSections.security,
    audit: settingsSections.audit,
  })
  .meta({ id: 'Settings' })
export type Settings = z.input<typeof Settings>

export const SentSmtp = z.strictObject({ ...smtp, password: SentSecret }).partial()
export const SentOidc = z.strictObject({ ...oidc, client_secret: SentSecret }).partial()

/** A change of any of them; what is left out stays. */
export const SentSettings = z
  .strictObject({
    smtp: SentSmtp,
    oidc: SentOidc,
    security: z.strictObject(security).partial(),
    audit: z.strictObject(audit).partial(),
  })
  .partial()
export type SentSettings = z.output<typeof SentSettings>
