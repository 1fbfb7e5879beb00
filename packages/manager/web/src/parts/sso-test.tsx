import { Button, List, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCircleCheck, IconCircleX, IconHelpCircle } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import type { Listed } from '../queries.ts'
import { Dialog } from './dialog.tsx'
import { FailureAlert } from './failure-alert.tsx'
import { Tinted } from './status.tsx'

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
        {testing.error && <FailureAlert title="Not tried" error={testing.error} />}
        {testing.data && <Found found={testing.data} />}
      </Dialog>
    </>
  )
}

type Found = Listed<'testSso'>

const Found = ({ found: { checks, redirect_uri } }: { found: Found }) => (
  <>
    <List listStyleType="none" spacing="xs" aria-label="What was found">
      {checks.map(({ name, result, message }) => (
        <List.Item key={name} icon={<Tinted {...looks[result]} />}>
          <Text size="sm" className="wrap">
            {message}
          </Text>
        </List.Item>
      ))}
    </List>
    <Text size="sm" mt="md" className="wrap">
      The provider has to know this redirect address: {redirect_uri}
    </Text>
  </>
)

const looks = {
  ok: { color: 'green', Icon: IconCircleCheck },
  failed: { color: 'red', Icon: IconCircleX },
  unknown: { color: 'gray', Icon: IconHelpCircle },
}
