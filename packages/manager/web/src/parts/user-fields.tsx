import { Select, TextInput } from '@mantine/core'
import type { GetInputPropsReturnType } from '@mantine/form'
import { AccountFacts } from '@linux-patch/shared/account'
import { useRoleNames } from '../people-queries.ts'
import { useMay } from '../rights.ts'
import { GroupSelect } from './group-select.tsx'

type Field = 'display_name' | 'email' | 'role' | 'group_ids'
type Props = {
  form: { getInputProps: (name: Field) => GetInputPropsReturnType }
  /** The role that the user has already. */
  held?: string
}

/** What others say of a user. */
export function UserFields({ form, held }: Props) {
  const roles = useRoleNames(held)
  const mayAssign = useMay()('changeUser', { role: '' })
  return (
    <>
      <TextInput label="Display name" {...form.getInputProps('display_name')} />
      <TextInput label="Mail address" type="email" {...form.getInputProps('email')} />
      <Select
        label="Role"
        description={mayAssign ? 'What the user may do' : 'Your role does not let you give roles'}
        data={roles}
        disabled={!mayAssign}
        allowDeselect={false}
        {...form.getInputProps('role')}
      />
      <GroupSelect
        description="People with a role for some hosts see the hosts of these groups, and those in no group"
        {...form.getInputProps('group_ids')}
      />
    </>
  )
}

/** What is wrong with what was typed, field by field. */
export const userProblems = {
  display_name: (text: string) =>
    AccountFacts.display_name.safeParse(text).success ? null : 'At most 100 characters',
  email: (text: string) =>
    AccountFacts.email.safeParse(emailOf(text)).success ? null : 'This is not a mail address',
  role: (role: string) => (role === '' ? 'Choose one' : null),
}

/** As it travels: none is null. */
export const emailOf = (text: string) => (text.trim() === '' ? null : text.trim())
