import { PasswordInput, type PasswordInputProps } from '@mantine/core'

/** Named so that a search for its label finds the field, and not the eye in it. */
export const SecretInput = (props: PasswordInputProps) => (
  <PasswordInput {...props} visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }} />
)
