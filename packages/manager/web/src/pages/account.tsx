import { Stack, Text } from '@mantine/core'
import { Facts } from '../parts/facts.tsx'
import { OwnMfa } from '../parts/own-mfa.tsx'
import { OwnTokens } from '../parts/own-tokens.tsx'
import { OwnSessions } from '../parts/own-sessions.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { PasswordForm } from '../parts/password-form.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { useUser } from '../rights.ts'

/** What belongs to whoever is signed in. */
export function AccountPage() {
  const user = useUser()
  if (user === null) return null
  return (
    <>
      <PageHead title="Your account" />
      <Stack gap="lg" maw={860}>
        <Sheet title="Who you are">
          <Facts
            facts={{
              'User name': user.username,
              Name: user.display_name || 'none',
              Mail: user.email ?? 'none',
              Role: user.role,
              'What you see': user.scoped
                ? 'the hosts of your groups, and those in no group'
                : 'all hosts',
            }}
          />
        </Sheet>
        <Sheet title="Password">
          {user.provider === 'local' ? (
            <PasswordForm />
          ) : (
            <Text size="sm">You have no password here: you sign in by single sign-on.</Text>
          )}
        </Sheet>
        <OwnMfa />
        <OwnSessions />
        <OwnTokens />
      </Stack>
    </>
  )
}
