import { Button, CloseButton, Group, Input, Select, Stack, TextInput } from '@mantine/core'
import type { GetInputPropsReturnType } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'

type Row = [group: string, role: string]
type Props = { label: string; roles: string[]; input: GetInputPropsReturnType }

/** Which group of the provider gives which role, in rows. */
export function RoleByGroup({ label, roles, input: { value, error, onChange } }: Props) {
  const rows: Row[] = value
  return (
    <Input.Wrapper label={label} error={error} labelElement="div">
      <Stack gap="xs" mt={4} role="group" aria-label={label}>
        {rows.map(([group, role], place) => (
          // Rows have no other name while they are typed.
          <Group key={place} gap="xs" wrap="nowrap">
            <TextInput
              flex={1}
              aria-label={`Group ${place + 1}`}
              placeholder="Group of the provider"
              value={group}
              onChange={(event) => onChange(rows.with(place, [event.currentTarget.value, role]))}
            />
            <Select
              w={160}
              aria-label={`Role of group ${place + 1}`}
              data={roles}
              allowDeselect={false}
              value={role}
              onChange={(next) => onChange(rows.with(place, [group, next ?? '']))}
            />
            <CloseButton
              aria-label={`Remove group ${place + 1}`}
              onClick={() => onChange(rows.toSpliced(place, 1))}
            />
          </Group>
        ))}
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange([...rows, ['', roles[0] ?? '']])}
          >
            Add a group
          </Button>
        </Group>
      </Stack>
    </Input.Wrapper>
  )
}
