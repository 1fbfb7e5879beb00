import { Center, Group, Paper, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import icon from '../icon.svg'

/** The card in front of the page: who are you? */
export const Gate = ({ title, children }: { title: string; children: ReactNode }) => (
  <Center component="main" mih="100vh" p="md">
    <title>{`${title} · Linux Patch Manager`}</title>
    <Paper withBorder shadow="sm" p="xl" w={400} maw="100%">
      <Group gap="sm" mb="lg" wrap="nowrap">
        <img src={icon} alt="" width={32} height={32} />
        <Title order={1} fz="h2">
          {title}
        </Title>
      </Group>
      {children}
    </Paper>
  </Center>
)
