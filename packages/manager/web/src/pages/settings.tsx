import { Stack } from '@mantine/core'
import { Answered } from '../parts/answered.tsx'
import { EntraTest } from '../parts/entra-test.tsx'
import { IfMay } from '../parts/if-may.tsx'
import { MailTest } from '../parts/mail-test.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { SettingsSection } from '../parts/settings-section.tsx'
import { SsoDiscovery } from '../parts/sso-discovery.tsx'
import { SsoTest } from '../parts/sso-test.tsx'
import { useSettings } from '../people-queries.ts'

/** What is set while the manager runs; the rest is in its configuration file. */
export function SettingsPage() {
  const query = useSettings()
  return (
    <>
      <PageHead title="Settings" />
      <Answered query={query}>
        {(settings) => (
          <Stack gap="lg" maw={760}>
            <SettingsSection section="security" settings={settings} />
            <SettingsSection
              section="oidc"
              settings={settings}
              actions={
                <IfMay call="testSso">
                  <SsoDiscovery issuer={settings.oidc.issuer} />
                  <EntraTest />
                  <SsoTest />
                </IfMay>
              }
            />
            <SettingsSection
              section="smtp"
              settings={settings}
              actions={
                <IfMay call="testMail">
                  <MailTest />
                </IfMay>
              }
            />
            <SettingsSection section="audit" settings={settings} />
          </Stack>
        )}
      </Answered>
    </>
  )
}
