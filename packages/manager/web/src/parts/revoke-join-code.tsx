import { Stack, Text } from '@mantine/core'
import type { JoinCode } from '@linux-patch/shared/join-code'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogButton } from './dialog-button.tsx'
import { DialogEnd } from './dialog-form.tsx'

export const RevokeJoinCode = ({ code }: { code: JoinCode }) => (
  <DialogButton
    words="Revoke"
    title={`Revoke the join code ${code.name}?`}
    size="compact-sm"
    variant="default"
    aria-label={`Revoke the join code ${code.name}`}
  >
    {(onClose) => <Asking id={code.id} onClose={onClose} />}
  </DialogButton>
)

function Asking({ id, onClose }: { id: string; onClose: () => void }) {
  const queries = useQueryClient()
  const revocation = useMutation({
    mutationFn: () => api.revokeJoinCode({ id }),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ['join_codes'] }),
  })
  return (
    <Stack>
      <Text size="sm">No more hosts come with it. Those that came stay.</Text>
      <DialogEnd
        doing={revocation}
        refused="Not revoked"
        submit="Revoke join code"
        color="red"
        onClose={onClose}
        onConfirm={() => revocation.mutate()}
      />
    </Stack>
  )
}
