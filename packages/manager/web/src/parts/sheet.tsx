import { Card, Group, Title } from '@mantine/core'
import { useId, type ReactNode } from 'react'

type Props = { title: string; actions?: ReactNode; children: ReactNode }

/** A part of a page with a heading of its own. */
export function Sheet({ title, actions, children }: Props) {
  const id = useId()
  return (
    <Card withBorder padding="lg" component="section" aria-labelledby={id}>
      <Group justify="space-between" mb="md">
        <Title order={2} id={id} className="wrap">
          {title}
        </Title>
        <Group gap="sm">{actions}</Group>
      </Group>
      {children}
    </Card>
  )
}
