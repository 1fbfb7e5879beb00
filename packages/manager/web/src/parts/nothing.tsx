import { EmptyState } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

type Props = { Icon: Icon; title: string; children?: ReactNode; actions?: ReactNode }

/** An empty list says why, and what to do next. */
export const Nothing = ({ Icon, title, children, actions }: Props) => (
  <EmptyState
    py="xl"
    variant="light"
    icon={<Icon aria-hidden />}
    title={title}
    description={children}
  >
    {actions && <EmptyState.Actions>{actions}</EmptyState.Actions>}
  </EmptyState>
)
