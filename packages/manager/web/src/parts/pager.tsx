import { Group, Pagination, Text } from '@mantine/core'

type Props = {
  what: string
  total: number
  offset: number
  limit: number
  onPage: (page: number) => void
}

/** Which part of a list is shown, and the way to the others. */
export function Pager({ what, total, offset, limit, onPage }: Props) {
  const last = Math.min(offset + limit, total)
  if (total === 0) return null
  return (
    <Group justify="space-between" mt="md">
      <Text size="sm" c="dimmed" role="status">
        {offset + 1} to {last} of {total} {what}
      </Text>
      {total > limit && (
        <nav aria-label={`Pages of ${what}`}>
          <Pagination
            total={Math.ceil(total / limit)}
            value={Math.floor(offset / limit) + 1}
            onChange={onPage}
            getItemProps={(page) => ({ 'aria-label': `Page ${page}` })}
            getControlProps={(control) => ({ 'aria-label': `${control} page` })}
          />
        </nav>
      )}
    </Group>
  )
}
