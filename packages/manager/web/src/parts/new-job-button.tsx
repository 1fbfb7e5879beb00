import { Button, type ButtonProps } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import type { Draft } from '../job-words.ts'
import { useMay } from '../rights.ts'

type Props = ButtonProps & { draft: Draft; Icon?: Icon; 'aria-label'?: string; children: ReactNode }

/** Opens the form for a job with what is known of it already filled in, for those who may start it. */
export function NewJobButton({ draft, Icon, children, ...props }: Props) {
  const [, navigate] = useLocation()
  if (!useMay()('createJob', draft)) return null
  return (
    <Button
      leftSection={Icon && <Icon size={16} aria-hidden />}
      // In the history's state, because a thousand hosts would not fit into an address.
      onClick={() => navigate('/jobs/new', { state: draft })}
      {...props}
    >
      {children}
    </Button>
  )
}
