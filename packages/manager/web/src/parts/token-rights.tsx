import { Text } from '@mantine/core'
import type { ApiToken } from '@linux-patch/shared/api-token'
import { useGroups } from '../queries.ts'

/** What a token may do, and on which hosts where that is not all that its maker sees. */
export function TokenRights({ permissions, group_ids }: ApiToken) {
  const groups = useGroups().data?.groups ?? []
  const nameOf = (id: string) => groups.find((group) => group.id === id)?.name ?? 'a group not seen'
  return (
    <>
      <Text size="xs">{permissions.join(', ') || 'nothing any more'}</Text>
      {group_ids && (
        <Text size="xs" c="dimmed">
          On the hosts of {group_ids.map(nameOf).join(', ')}
        </Text>
      )}
    </>
  )
}
