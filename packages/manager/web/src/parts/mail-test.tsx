import { Alert, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import type { Listed } from '../queries.ts'
import { useUser } from '../rights.ts'
import { DialogButton } from './dialog-button.tsx'
import { DialogForm } from './dialog-form.tsx'

/** Sends a message by the settings as they are saved, and says what became of it. */
export const MailTest = () => (
  <DialogButton words="Send a test message" variant="default">
    {(onClose) => <TestForm onClose={onClose} />}
  </DialogButton>
)

function TestForm({ onClose }: { onClose: () => void }) {
  const form = useForm({ initialValues: { to: useUser()?.email ?? '' } })
  const testing = useMutation({ mutationFn: (to: string) => api.testMail({ to }) })
  return (
    <DialogForm
      onSubmit={form.onSubmit(({ to }) => testing.mutate(to))}
      doing={testing}
      refused="Not tried"
      submit="Send"
      back="Close"
      onClose={onClose}
    >
      <TextInput
        label="To"
        description="It is sent with the settings that are saved"
        data-autofocus
        {...form.getInputProps('to')}
      />
      {testing.data && <Found {...testing.data} />}
    </DialogForm>
  )
}

const Found = ({ sent, message, said }: Listed<'testMail'>) => (
  <Alert
    color={sent ? 'green' : 'red'}
    role="status"
    title={sent ? 'Sent' : 'Not sent'}
    icon={sent ? <IconCheck aria-hidden /> : <IconX aria-hidden />}
  >
    <span className="wrap">
      {message}
      {said !== null && ` The server said: ${said}`}
    </span>
  </Alert>
)
