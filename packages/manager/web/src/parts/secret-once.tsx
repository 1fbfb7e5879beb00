import { Alert, Button, Code, Group, Stack } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Copy } from './copy.tsx'

type Props = {
  /** What it is, for those who hear the page. */
  label: string
  value: string
  onClose: () => void
  /** What becomes of whoever loses it, or finds it. */
  warning: string
  /** Other ways to keep it, beside copying. */
  actions?: ReactNode
  children?: ReactNode
}

/** Something secret that was just made: it is here, and nowhere else. */
export const SecretOnce = ({ label, value, onClose, warning, actions, children }: Props) => (
  <Stack>
    <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title="Keep it now">
      {warning}
    </Alert>
    <Group gap="sm" align="start">
      <Code block className="command" aria-label={label}>
        {value}
      </Code>
      <Copy value={value} what={`the ${label.toLowerCase()}`} />
      {actions}
    </Group>
    {children}
    <Group justify="end">
      <Button onClick={onClose}>Done</Button>
    </Group>
  </Stack>
)
