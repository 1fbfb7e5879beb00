import { Text } from '@mantine/core'
import { Forced } from '../parts/forced.tsx'
import { MfaSetup } from '../parts/mfa-setup.tsx'

/** The role wants a second factor, and nothing but setting one up is allowed. */
export const ForcedMfaPage = () => (
  <Forced title="Set up a second factor">
    <Text size="sm" mb="md">
      Your role asks for more than a password: a code from an app on your phone.
    </Text>
    <MfaSetup />
  </Forced>
)
