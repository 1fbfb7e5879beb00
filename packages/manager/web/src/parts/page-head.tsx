import { Group, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = {
  title: string
  /** Beside the title: what state it is in. */
  badges?: ReactNode
  below?: ReactNode
  actions?: ReactNode
}

/** The top of a page: its name, here and in the browser's tab, and what can be done. */
export const PageHead = ({ title, badges, below, actions }: Props) => (
  <Group justify="space-between" align="start" mb="lg">
    <title>{`${title} · Linux Patch Manager`}</title>
    <Stack gap={4}>
      <Group gap="sm">
        <Title order={1} className="wrap">
          {title}
        </Title>
        {badges}
      </Group>
      {below}
    </Stack>
    <Group gap="sm">{actions}</Group>
  </Group>
)
