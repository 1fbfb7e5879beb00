import { Button, Group, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { NewPassword } from '@linux-patch/shared/user'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { api, openSession, signOut } from '../api.ts'
import { FailureAlert } from '../parts/failure-alert.tsx'
import { Gate } from '../parts/gate.tsx'
import { NewSecret } from '../parts/new-secret.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { SecretInput } from '../parts/secret-input.tsx'

/** `forced`: the password was set by somebody else, and nothing but changing it is allowed. */
export function NewPasswordPage({ forced = false }: { forced?: boolean }) {
  const [, navigate] = useLocation()
  if (forced)
    return (
      <Gate title="Choose a new password">
        <Text size="sm" mb="md">
          The password you signed in with was made for you. Choose one that only you know.
        </Text>
        <PasswordForm onDone={() => undefined} />
        <Button variant="subtle" fullWidth mt="xs" onClick={() => void signOut()}>
          Sign out
        </Button>
      </Gate>
    )
  return (
    <>
      <PageHead title="Change password" />
      <Stack maw={420}>
        <PasswordForm onDone={() => navigate('/hosts')} />
      </Stack>
    </>
  )
}

function PasswordForm({ onDone }: { onDone: () => void }) {
  const [error, setError] = useState<unknown>(null)
  const form = usePasswordForm()

  async function submit({ current_password, new_password }: typeof form.values) {
    setError(null)
    try {
      await api.changeOwnPassword({ current_password, new_password })
    } catch (failed) {
      return setError(failed)
    }
    notifications.show({ color: 'green', message: 'Your password is changed.' })
    await openSession()
    onDone()
  }

  return (
    <form onSubmit={form.onSubmit(submit)} aria-label="Change password" noValidate>
      <Stack>
        <Passwords form={form} />
        {error !== null && <FailureAlert title="The password is not changed" error={error} />}
        <Group>
          <Button type="submit" loading={form.submitting}>
            Change password
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const Passwords = ({ form }: { form: ReturnType<typeof usePasswordForm> }) => (
  <>
    <SecretInput
      label="Current password"
      autoComplete="current-password"
      {...form.getInputProps('current_password')}
    />
    <NewSecret
      label="New password"
      description="At least 12 characters"
      secret={form.getInputProps('new_password')}
      repeated={form.getInputProps('repeated')}
    />
  </>
)

const usePasswordForm = () =>
  useForm({
    initialValues: { current_password: '', new_password: '', repeated: '' },
    validate: {
      current_password: (value) => (value === '' ? 'Enter the password you have now' : null),
      new_password: (value) => problemOf(value),
      repeated: (value, values) =>
        value === values.new_password ? null : 'This is not the same password',
    },
  })

function problemOf(password: string) {
  const { error } = NewPassword.shape.new_password.safeParse(password)
  return error ? `The password ${error.issues[0]?.message}` : null
}
