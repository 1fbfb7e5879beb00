import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { JoinCode } from '@linux-patch/shared/join-code'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { FailureAlert } from './failure-alert.tsx'

type Props = { code: JoinCode; opened: boolean; onClose: () => void }

export function RevokeJoinCodeDialog({ code: { id, name }, opened, onClose }: Props) {
  const queries = useQueryClient()
  const revocation = useMutation({
    mutationFn: () => api.revokeJoinCode({ id }),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ['join_codes'] }),
  })
  return (
    <Modal opened={opened} onClose={onClose} title={`Revoke the join code ${name}?`}>
      <Stack>
        <Text size="sm">No more hosts come with it. Those that came stay.</Text>
        {revocation.error && <FailureAlert title="Not revoked" error={revocation.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={revocation.isPending} onClick={() => revocation.mutate()}>
            Revoke join code
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
