import { Checkbox, Group, Stack, Text } from '@mantine/core'
import { isDangerous, type Permission } from '@linux-patch/shared/permissions'
import type { ReactNode } from 'react'
import { useUser } from '../rights.ts'

type Props = {
  /** What there is to choose from. */
  offered: Permission[]
  value?: string[]
  error?: ReactNode
  onChange?: (names: string[]) => void
}

/** Chooses permissions, by what they are about. Nobody gives what he does not have himself. */
export function PermissionPicker({ offered, ...input }: Props) {
  const held = useUser()?.permissions ?? []
  const subjects = Map.groupBy(offered, (name) => name.split(':')[0] ?? '')
  return (
    <Checkbox.Group
      label="Permissions"
      description="Those marked with * ask for a proof of who asks"
      {...input}
    >
      <Stack gap="xs" mt="xs">
        {[...subjects].map(([subject, names]) => (
          <Group key={subject} gap="md" role="group" aria-label={subject}>
            <Text size="sm" fw={600} w={100}>
              {subject.replaceAll('_', ' ')}
            </Text>
            {names.map((name) => (
              <Checkbox
                key={name}
                value={name}
                aria-label={name}
                label={wordsFor(name)}
                disabled={!held.includes(name)}
              />
            ))}
          </Group>
        ))}
      </Stack>
    </Checkbox.Group>
  )
}

const wordsFor = (name: Permission) =>
  `${(name.split(':')[1] ?? '').replaceAll('_', ' ')}${isDangerous(name) ? '*' : ''}`
