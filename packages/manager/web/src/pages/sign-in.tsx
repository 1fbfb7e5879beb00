import { Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Failure } from '@linux-patch/shared/failure'
import { useState } from 'react'
import { signIn } from '../api.ts'
import { FailureAlert } from '../parts/failure-alert.tsx'
import { Gate } from '../parts/gate.tsx'
import { SecretInput } from '../parts/secret-input.tsx'

export function SignInPage() {
  const [error, setError] = useState<unknown>(null)
  const form = useForm({
    initialValues: { username: '', password: '' },
    validate: {
      username: (value) => (value === '' ? 'Enter your user name' : null),
      password: (value) => (value === '' ? 'Enter your password' : null),
    },
  })

  async function submit({ username, password }: typeof form.values) {
    setError(null)
    await signIn(username, password).catch((failed) => setError(worded(failed)))
  }

  return (
    <Gate title="Linux Patch Manager">
      <form onSubmit={form.onSubmit(submit)} aria-label="Sign in" noValidate>
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
          {error !== null && <FailureAlert title="Not signed in" error={error} />}
          <Button type="submit" fullWidth loading={form.submitting}>
            Sign in
          </Button>
        </Stack>
      </form>
    </Gate>
  )
}

/** The same words whichever of the two was wrong. */
const worded = (error: unknown) =>
  error instanceof Failure && error.code === 'invalid_credentials'
    ? new Failure(error.code, 'The user name or the password is wrong.')
    : error
