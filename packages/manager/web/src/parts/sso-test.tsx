import { Button, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import { Dialog } from './dialog.tsx'
import { FailureAlert } from './failure-alert.tsx'
import { SsoFound } from './sso-found.tsx'

/** Asks the provider, by the settings as they are saved, what can be known without signing in. */
export function SsoTest() {
  const [opened, dialog] = useDisclosure()
  const testing = useMutation({ mutationFn: () => api.testSso({}), onSettled: dialog.open })
  return (
    <>
      <Button variant="default" loading={testing.isPending} onClick={() => testing.mutate()}>
        Try it out
      </Button>
      <Dialog opened={opened} onClose={dialog.close} title="Single sign-on">
        <Stack>
          {testing.error && <FailureAlert title="Not tried" error={testing.error} />}
          {testing.data && <SsoFound found={testing.data} />}
        </Stack>
      </Dialog>
    </>
  )
}
