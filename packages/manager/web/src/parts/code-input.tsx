import { TextInput, type TextInputProps } from '@mantine/core'

/** Six digits from a phone, which the browser may fill in, and keeps nowhere. */
export const CodeInput = (props: TextInputProps) => (
  <TextInput
    label="Code"
    description="Six digits from your authenticator app"
    inputMode="numeric"
    autoComplete="one-time-code"
    maxLength={20}
    {...props}
  />
)
