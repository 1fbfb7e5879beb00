import type { Contract } from '../contract.ts'
import { z } from 'zod'
import { SentSettings, Settings } from '../settings.ts'

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
      'Change any of the settings, all that are sent or none; what is not sent stays, also a secret sent as ********; null clears it',
    access: 'settings:write',
    input: SentSettings,
    output: Settings,
  },
} as const satisfies Contract
