import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { SentSettings, SentSmtp, Settings } from '../settings.ts'
import { MailAddress } from '../settings/smtp.ts'
import {
  Discovered,
  SentAzureTest,
  SentIssuer,
  SentSsoTest,
  SsoTest,
} from '../settings/sso-tests.ts'
import { MailTest } from '../settings/tests.ts'

export const settingsApi = {
  getSettings: {
    route: 'GET /settings',
    summary: 'What can be set while the manager runs; a secret that is set shows as ********',
    access: 'settings:read',
    input: z.strictObject({}),
    output: Settings,
  },

  changeSettings: {
    route: 'PUT /settings',
    summary:
      'Change settings: all that are sent, or none where one is wrong. What is not sent stays, and so does a secret that is sent as ********; null clears a secret',
    access: 'settings:write',
    input: SentSettings,
    output: Settings,
  },

  testMail: {
    route: 'POST /settings/smtp/test',
    summary:
      'Send a message to try the mail settings. Those that are sent replace the stored ones in this test, and are not stored',
    access: 'settings:test',
    rate: 'settings_test',
    input: z.strictObject({ to: MailAddress, smtp: SentSmtp.optional() }),
    output: MailTest,
  },

  discoverProvider: {
    route: 'POST /settings/sso/discover',
    summary: 'What an OpenID provider says of itself',
    access: 'settings:test',
    rate: 'settings_test',
    input: SentIssuer,
    output: Discovered,
    failures: ['provider_unavailable'],
  },

  testSso: {
    route: 'POST /settings/sso/test',
    summary:
      'Test single sign-on as far as that is possible without signing in. Settings that are sent replace the stored ones in this test, and are not stored',
    access: 'settings:test',
    rate: 'settings_test',
    input: SentSsoTest,
    output: SsoTest,
  },

  testAzureSso: {
    route: 'POST /settings/azure-sso/test',
    summary: 'The same test for a tenant of Microsoft Entra',
    access: 'settings:test',
    rate: 'settings_test',
    input: SentAzureTest,
    output: SsoTest,
  },
} as const satisfies Contract
