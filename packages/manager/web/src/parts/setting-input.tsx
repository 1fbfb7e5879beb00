import { Checkbox, MultiSelect, NumberInput, Select, TagsInput, TextInput } from '@mantine/core'
import type { GetInputPropsReturnType } from '@mantine/form'
import { useRoleNames } from '../people-queries.ts'
import { RoleByGroup } from './role-by-group.tsx'
import type { Field } from './settings-fields.ts'
import { SettingSecret } from './setting-secret.tsx'

type Props = {
  field: Field
  /** What is set now; of a secret, whether one is. */
  stored: unknown
  input: GetInputPropsReturnType
}

/** The input that a setting is typed into. */
export function SettingInput({ field, stored, input }: Props) {
  const roles = useRoleNames(field.as === 'role' && typeof stored === 'string' ? stored : undefined)
  const { label, description } = field
  const props = { label, description, ...input }
  switch (field.as) {
    case 'text':
      return <TextInput {...props} />
    case 'whole':
      return <NumberInput allowDecimal={false} min={1} {...props} />
    case 'words':
      return <TagsInput {...props} />
    case 'role':
      return (
        <Select
          data={roles}
          clearable
          {...props}
          value={input.value || null}
          onChange={(role) => input.onChange(role ?? '')}
        />
      )
    case 'roles':
      return <MultiSelect data={roles} {...props} />
    case 'choice':
      return <Select data={optionsOf(field.options)} allowDeselect={false} {...props} />
    case 'flag':
      return <Checkbox {...props} checked={input.value === true} />
    case 'secret':
      return <SettingSecret label={label} isSet={stored !== null} input={input} />
    case 'role_by_group':
      return <RoleByGroup label={label} roles={roles} input={input} />
  }
}

const optionsOf = (options: Record<string, string>) =>
  Object.entries(options).map(([value, label]) => ({ value, label }))
