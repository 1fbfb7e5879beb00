import { ActionIcon, Menu } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDots, type Icon } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import { useMay, type CallName } from '../rights.ts'
import { Dialog } from './dialog.tsx'

export type Looks = {
  words: string
  Icon: Icon
  color?: 'red'
  /** What it leads to: it is offered to those who may. */
  call: CallName
}
type Opens = { title: string; holds?: true; dialog: (onClose: () => void) => ReactNode }
/** Something that can be done: it goes somewhere, is done at once, or opens a dialog. */
export type Action = Looks & ({ href: string } | { onClick: () => void } | Opens)

/** What can be done about one thing, behind three dots; nothing where nothing may be. */
export function ActionMenu({ label, actions }: { label: string; actions: Action[] }) {
  const may = useMay()
  const [words, setWords] = useState('')
  const [opened, modal] = useDisclosure()
  const offered = actions.filter(({ call }) => may(call))
  const chosen = offered.find((action) => action.words === words)
  if (offered.length === 0) return null

  function choose(action: Action) {
    if ('onClick' in action) action.onClick()
    if (!('dialog' in action)) return
    setWords(action.words)
    modal.open()
  }

  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="default" size="input-sm" aria-label={label}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {offered.map((action) => (
            <Item key={action.words} action={action} onClick={() => choose(action)} />
          ))}
        </Menu.Dropdown>
      </Menu>
      {chosen && 'dialog' in chosen && (
        <Dialog
          opened={opened}
          onClose={modal.close}
          title={chosen.title}
          closeOnClickOutside={chosen.holds !== true}
          closeOnEscape={chosen.holds !== true}
        >
          {chosen.dialog(modal.close)}
        </Dialog>
      )}
    </>
  )
}

function Item({ action, onClick }: { action: Action; onClick: () => void }) {
  const { words, Icon, color } = action
  const looks = { leftSection: <Icon size={16} aria-hidden />, ...(color && { color }) }
  if ('href' in action)
    return (
      <Menu.Item component={Link} href={action.href} {...looks}>
        {words}
      </Menu.Item>
    )
  return (
    <Menu.Item onClick={onClick} {...looks}>
      {words}
    </Menu.Item>
  )
}
