import { Checkbox, Stack } from '@mantine/core'
import type { GetInputPropsReturnType } from '@mantine/form'
import { SecretInput } from './secret-input.tsx'
import type { Secret } from './settings-form.ts'

type Props = {
  label: string
  /** Whether there is one, which is all that anybody is told of it. */
  isSet: boolean
  input: GetInputPropsReturnType
}

/** A secret among the settings: it is never shown, only replaced or cleared. */
export function SettingSecret({ label, isSet, input: { value, error, onChange } }: Props) {
  const secret: Secret = value
  return (
    <Stack gap="xs">
      <SecretInput
        label={label}
        description={isSet ? 'One is set; left empty, it stays' : 'None is set'}
        autoComplete="new-password"
        value={secret.text}
        error={error}
        onChange={(event) => onChange({ text: event.currentTarget.value, cleared: false })}
      />
      {isSet && (
        <Checkbox
          label={`Clear the ${label.toLowerCase()}`}
          checked={secret.cleared}
          onChange={(event) => onChange({ text: '', cleared: event.currentTarget.checked })}
        />
      )}
    </Stack>
  )
}
