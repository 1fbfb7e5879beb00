import { Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Action, Looks } from './action-menu.tsx'
import { DialogEnd } from './dialog-form.tsx'

type Props = {
  /** What follows, in words. */
  children: ReactNode
  act: () => Promise<unknown>
  /** What is read anew afterwards. */
  reads: QueryKey
  submit: string
  refused: string
  /** What is said when it is done. */
  done?: string
  color?: 'red'
  onClose: () => void
}

/** The last question before something is done that needs no more words. */
export function Question({ children, act, reads, done, ...end }: Props) {
  const queries = useQueryClient()
  const doing = useMutation({
    mutationFn: act,
    onSuccess() {
      if (done !== undefined) notifications.show({ message: done })
      end.onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: reads }),
  })
  return (
    <Stack>
      <Text size="sm">{children}</Text>
      <DialogEnd doing={doing} onConfirm={() => doing.mutate()} {...end} />
    </Stack>
  )
}

/** What a menu offers, and asks once more before it is done. */
export const asking = (
  looks: Looks & { title: string },
  question: Omit<Props, 'onClose'>,
): Action => ({
  ...looks,
  dialog: (onClose) => <Question {...question} onClose={onClose} />,
})
