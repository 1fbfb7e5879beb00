import { Text } from '@mantine/core'
import { Forced } from '../parts/forced.tsx'
import { PasswordForm } from '../parts/password-form.tsx'

/** The password was set by somebody else, and nothing but changing it is allowed. */
export const ForcedPasswordPage = () => (
  <Forced title="Choose a new password">
    <Text size="sm" mb="md">
      The password you signed in with was made for you. Choose one that only you know.
    </Text>
    <PasswordForm autoFocus />
  </Forced>
)
