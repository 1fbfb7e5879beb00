import { Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { signIn } from '../sign-in.ts'
import { FailureAlert } from './failure-alert.tsx'
import { SecretInput } from './secret-input.tsx'

export function PasswordSignIn() {
  const form = useForm({
    initialValues: { username: '', password: '' },
    validate: {
      username: (value) => (value === '' ? 'Enter your user name' : null),
      password: (value) => (value === '' ? 'Enter your password' : null),
    },
  })
  const trying = useMutation({
    gcTime: 0,
    mutationFn: ({ username, password }: typeof form.values) => signIn(username, password),
  })
  return (
    <form
      onSubmit={form.onSubmit((values) => trying.mutate(values))}
      aria-label="Sign in"
      noValidate
    >
      <Stack>
        <TextInput
          label="User name"
          autoComplete="username"
          autoFocus
          {...form.getInputProps('username')}
        />
        <SecretInput
          label="Password"
          autoComplete="current-password"
          {...form.getInputProps('password')}
        />
        {trying.error && <FailureAlert title="Not signed in" error={trying.error} />}
        <Button type="submit" fullWidth loading={trying.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}
