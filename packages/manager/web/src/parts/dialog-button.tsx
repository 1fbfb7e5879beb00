import { Button, type ButtonProps } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Dialog } from './dialog.tsx'

type Props = Omit<ButtonProps, 'children'> & {
  /** On the button. */
  words: string
  /** Over the dialog; the words on the button unless said. */
  title?: string
  Icon?: Icon
  /** It shows something that is shown once: neither a click beside it nor Escape closes it. */
  holds?: boolean
  'aria-label'?: string
  /** What the dialog holds, made anew each time it opens. */
  children: (onClose: () => void) => ReactNode
}

/** A button, and the dialog that it opens. */
export function DialogButton({ words, title = words, Icon, holds, children, ...button }: Props) {
  const [opened, dialog] = useDisclosure()
  return (
    <>
      <Button
        leftSection={Icon && <Icon size={16} aria-hidden />}
        onClick={dialog.open}
        {...button}
      >
        {words}
      </Button>
      <Dialog
        opened={opened}
        onClose={dialog.close}
        title={title}
        closeOnClickOutside={holds !== true}
        closeOnEscape={holds !== true}
      >
        {children(dialog.close)}
      </Dialog>
    </>
  )
}
