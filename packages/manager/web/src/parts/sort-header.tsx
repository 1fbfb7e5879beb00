import { Group, Table, Text, UnstyledButton } from '@mantine/core'
import type { managerApi } from '@linux-patch/shared/manager-api'
import { IconChevronDown, IconChevronUp, IconSelector } from '@tabler/icons-react'
import type { z } from 'zod'
import { useFilter } from '../use-filter.ts'

type SortName = NonNullable<z.input<typeof managerApi.listHosts.input>['sort']>

/** A column's name that sorts by it, and the other way round when pressed again. */
export function SortHeader({ name, children }: { name: SortName; children: string }) {
  const { text, set } = useFilter()
  const chosen = (text('sort') || 'name') === name
  const descending = text('order') === 'desc'
  const Icon = !chosen ? IconSelector : descending ? IconChevronDown : IconChevronUp
  return (
    <Table.Th aria-sort={!chosen ? 'none' : descending ? 'descending' : 'ascending'}>
      <UnstyledButton
        onClick={() => set({ sort: name, order: chosen && !descending ? 'desc' : '' })}
      >
        <Group gap={4} wrap="nowrap">
          <Text size="sm" fw={600} className="no-wrap">
            {children}
          </Text>
          <Icon size={14} aria-hidden />
        </Group>
      </UnstyledButton>
    </Table.Th>
  )
}
