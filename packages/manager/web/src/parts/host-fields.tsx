import { NumberInput, TextInput } from '@mantine/core'
import type { GetInputPropsReturnType } from '@mantine/form'
import { HostNotes } from '@linux-patch/shared/host'

type Field = 'display_name' | 'ip_address' | 'agent_port'
type Props = { form: { getInputProps: (name: Field) => GetInputPropsReturnType } }

export const DisplayName = ({ form, ...input }: Props & { 'data-autofocus'?: true }) => (
  <TextInput
    {...input}
    label="Display name"
    description="How the host is called here; left empty, by its full name"
    {...form.getInputProps('display_name')}
  />
)

export const Address = ({ form }: Props) => (
  <>
    <TextInput
      label="IP address"
      description="Where the manager calls its agent"
      {...form.getInputProps('ip_address')}
    />
    <NumberInput
      label="Port"
      min={1}
      max={65_535}
      allowDecimal={false}
      {...form.getInputProps('agent_port')}
    />
  </>
)

/** What is wrong with what was typed, field by field. */
export const hostProblems = {
  display_name: (text: string) =>
    HostNotes.display_name.safeParse(text).success ? null : 'At most 100 characters',
  ip_address: (text: string) =>
    HostNotes.ip_address.safeParse(text).success ? null : 'This is not an IP address',
  agent_port: (port: number) =>
    HostNotes.agent_port.safeParse(port).success ? null : 'From 1 to 65535',
}
