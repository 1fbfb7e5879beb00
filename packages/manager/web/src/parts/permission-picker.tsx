import { Checkbox, Group, Stack, Text } from '@mantine/core'
import { isDangerous, isEverywhere, type Permission } from '@linux-patch/shared/permissions'
import type { ReactNode } from 'react'
import { useUser } from '../rights.ts'

type Props = {
  /** What there is to choose from. */
  offered: Permission[]
  /** What those that are dangerous ask for. */
  dangerous: string
  /** Whether they are for the hosts of some groups: then not for what reaches past them. */
  scoped: boolean
  value?: string[]
  error?: ReactNode
  onChange?: (names: string[]) => void
}

/** Chooses permissions, by what they are about. Nobody gives what he does not have himself. */
export function PermissionPicker({ offered, dangerous, scoped, ...input }: Props) {
  const held = useUser()?.permissions ?? []
  // What was chosen before can always be taken back.
  const isClosed = (name: Permission) =>
    !held.includes(name) || (scoped && isEverywhere(name) && !input.value?.includes(name))
  const subjects = Map.groupBy(offered, (name) => name.split(':')[0] ?? '')
  return (
    <Checkbox.Group
      label="Permissions"
      description={`Those marked with * ${dangerous}${scoped ? '; those that reach past groups cannot be chosen' : ''}`}
      {...input}
    >
      <Stack gap="xs" mt="xs">
        {[...subjects].map(([subject, names]) => (
          <Group
            key={subject}
            gap="md"
            wrap="nowrap"
            align="start"
            role="group"
            aria-label={subject}
          >
            <Text size="sm" fw={600} w={90} flex="none">
              {subject.replaceAll('_', ' ')}
            </Text>
            <Group gap="sm">
              {names.map((name) => (
                <Checkbox
                  key={name}
                  value={name}
                  aria-label={name}
                  label={wordsFor(name)}
                  disabled={isClosed(name)}
                />
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Checkbox.Group>
  )
}

const wordsFor = (name: Permission) =>
  `${(name.split(':')[1] ?? '').replaceAll('_', ' ')}${isDangerous(name) ? '*' : ''}`
