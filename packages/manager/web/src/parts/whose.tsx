import { Text } from '@mantine/core'
import { useUser } from '../rights.ts'

/** Whose view a list is, where that is not everybody's. */
export const Whose = () =>
  useUser()?.scoped === true && (
    <Text size="sm" c="dimmed">
      What you see is about the hosts of your groups, and those in no group.
    </Text>
  )
