import { DataList } from '@mantine/core'
import type { ReactNode } from 'react'

/** A list of names and what they stand for. */
export const Facts = ({ facts }: { facts: Record<string, ReactNode> }) => (
  <DataList labelWidth="9.5rem" gap="xs">
    {Object.entries(facts).map(([name, value]) => (
      <DataList.Item key={name}>
        <DataList.ItemLabel>{name}</DataList.ItemLabel>
        <DataList.ItemValue className="wrap">{value}</DataList.ItemValue>
      </DataList.Item>
    ))}
  </DataList>
)
