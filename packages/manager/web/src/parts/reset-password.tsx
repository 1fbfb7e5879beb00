import { Stack, Text } from '@mantine/core'
import type { Account } from '@linux-patch/shared/account'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogEnd } from './dialog-form.tsx'
import { PasswordMade } from './password-made.tsx'

type Props = { user: Account; onClose: () => void }

/** Has another password made for somebody who cannot sign in any more. */
export function ResetPassword({ user: { id, username }, onClose }: Props) {
  const queries = useQueryClient()
  const resetting = useMutation({
    gcTime: 0,
    mutationFn: () => api.resetPassword({ id }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['users'] }),
  })
  if (resetting.data)
    return <PasswordMade username={username} {...resetting.data} onClose={onClose} />
  return (
    <Stack>
      <Text size="sm">
        The manager makes another password and shows it to you once. All sessions of {username} end,
        and a lock with them.
      </Text>
      <DialogEnd
        doing={resetting}
        refused="Not reset"
        submit="Make password"
        onClose={onClose}
        onConfirm={() => resetting.mutate()}
      />
    </Stack>
  )
}
