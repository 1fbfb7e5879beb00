import type { Config } from '../config.ts'
import { mailTest } from '../services/settings/mail-test.ts'
import { ssoTests } from '../services/sso/connection-test.ts'
import type { Opened } from './open.ts'

type Deps = {
  config: Pick<Config, 'sso'>
  opened: Pick<Opened, 'database' | 'settings'>
  urls: () => string[]
  now: () => Date
}

/** What people change while the manager runs, and how they try it out before. */
export function settingsServices({ config, opened: { database, settings }, urls, now }: Deps) {
  const deps = { database, settings, now }
  return {
    settings,
    mailTest: mailTest(deps),
    ssoTests: ssoTests({ ...deps, ...config.sso, url: () => urls()[0] ?? '' }),
  }
}
