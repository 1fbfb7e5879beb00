import { Button, Group, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { NewPassword } from '@linux-patch/shared/user'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import { FailureAlert } from './failure-alert.tsx'
import { NewSecret } from './new-secret.tsx'
import { SecretInput } from './secret-input.tsx'
import { renew } from '../api.ts'

/** Chooses another password for oneself. The manager says what is wrong with one that is too easy. */
export function PasswordForm({ autoFocus = false }: { autoFocus?: boolean }) {
  const form = usePasswordForm()
  const changing = useMutation({
    gcTime: 0,
    async mutationFn({ current_password, new_password }: typeof form.values) {
      await api.changeOwnPassword({ current_password, new_password })
      // The session goes on with new tokens, and with whatever it was not let do until now.
      await renew()
    },
    onSuccess() {
      form.reset()
      notifications.show({ color: 'green', message: 'Your password is changed.' })
    },
  })
  return (
    <form
      onSubmit={form.onSubmit((values) => changing.mutate(values))}
      aria-label="Change password"
      noValidate
    >
      <Stack>
        <SecretInput
          label="Current password"
          autoComplete="current-password"
          autoFocus={autoFocus}
          {...form.getInputProps('current_password')}
        />
        <NewSecret
          label="New password"
          description="Long, and not one that others use"
          secret={form.getInputProps('new_password')}
          repeated={form.getInputProps('repeated')}
        />
        {changing.error && (
          <FailureAlert title="The password is not changed" error={changing.error} />
        )}
        <Group>
          <Button type="submit" loading={changing.isPending}>
            Change password
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

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
