import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Failure } from '@linux-patch/shared/failure'
import { useMutation } from '@tanstack/react-query'
import { endSignIn } from '../sign-in.ts'
import { CodeInput } from './code-input.tsx'
import { FailureAlert } from './failure-alert.tsx'

type Props = { mfa_token: string; onBack: () => void }

/** The second step of a sign-in: a code of the phone, or, where that is lost, one that was kept. */
export function CodeForm({ mfa_token, onBack }: Props) {
  const form = useForm({ initialValues: { by: 'code', code: '' } })
  const trying = useMutation({
    gcTime: 0,
    mutationFn: ({ by, code }: typeof form.values) =>
      endSignIn({ mfa_token, ...(by === 'code' ? { code } : { recovery_code: code.trim() }) }),
    onError: () => form.setFieldValue('code', ''),
  })
  const byPhone = form.values.by === 'code'
  return (
    <form
      onSubmit={form.onSubmit((values) => trying.mutate(values))}
      aria-label="Second factor"
      noValidate
    >
      <Stack>
        {byPhone ? (
          <CodeInput autoFocus {...form.getInputProps('code')} />
        ) : (
          <TextInput
            label="Recovery code"
            description="One of those that you kept; each works once"
            autoComplete="off"
            autoFocus
            {...form.getInputProps('code')}
          />
        )}
        {trying.error && <FailureAlert title="Not signed in" error={trying.error} />}
        {isOver(trying.error) && (
          <Text size="sm">This sign-in took too long, or too many tries. Begin again.</Text>
        )}
        <Button type="submit" fullWidth loading={trying.isPending}>
          Sign in
        </Button>
        <Button
          variant="subtle"
          fullWidth
          onClick={() => form.setValues({ by: byPhone ? 'recovery' : 'code', code: '' })}
        >
          {byPhone ? 'Use a recovery code' : 'Use a code of the phone'}
        </Button>
        <Button variant="subtle" fullWidth onClick={onBack}>
          Back
        </Button>
      </Stack>
    </form>
  )
}

const isOver = (error: unknown) => error instanceof Failure && error.code === 'unauthorized'
