import { Button, Center, Code, Group, Image, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { MfaSetup as Begun } from '@linux-patch/shared/second-factor'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api, readMe } from '../api.ts'
import { CodeInput } from './code-input.tsx'
import { Copy } from './copy.tsx'
import { FailureAlert } from './failure-alert.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

/** Turns the second factor on: a secret for the phone, its first code, and codes for when the phone is lost. */
export function MfaSetup() {
  // Not a query: what is asked again is another secret, and none is kept longer than it is shown.
  const beginning = useMutation({ gcTime: 0, mutationFn: () => api.setUpMfa() })
  const ending = useMutation({
    gcTime: 0,
    async mutationFn(code: string) {
      const answer = await api.verifyMfa({ code })
      return 'recovery_codes' in answer ? answer.recovery_codes : []
    },
  })
  if (ending.data) return <RecoveryCodes codes={ending.data} onClose={() => void readMe()} />
  if (beginning.data)
    return (
      <Scan begun={beginning.data}>
        <FirstCode doing={ending} onCode={ending.mutate} />
      </Scan>
    )
  return (
    <Stack align="start">
      {beginning.error && <FailureAlert title="Not begun" error={beginning.error} />}
      <Button loading={beginning.isPending} onClick={() => beginning.mutate()}>
        Set up a second factor
      </Button>
    </Stack>
  )
}

const Scan = ({ begun: { qr_svg, secret }, children }: { begun: Begun; children: ReactNode }) => (
  <Stack>
    <Text size="sm">Scan this with an authenticator app, or type the secret into it.</Text>
    <Center>
      <Image
        src={`data:image/svg+xml,${encodeURIComponent(qr_svg)}`}
        alt="QR code of the secret"
        w={200}
        h={200}
        bg="white"
      />
    </Center>
    <Group gap="sm">
      <Code className="wrap" aria-label="Secret">
        {secret}
      </Code>
      <Copy value={secret} what="the secret" />
    </Group>
    {children}
  </Stack>
)

type Doing = { error: unknown; isPending: boolean }

function FirstCode({ doing, onCode }: { doing: Doing; onCode: (code: string) => void }) {
  const form = useForm({ initialValues: { code: '' } })
  return (
    <form onSubmit={form.onSubmit(({ code }) => onCode(code))} aria-label="First code" noValidate>
      <Stack>
        <CodeInput autoFocus {...form.getInputProps('code')} />
        {doing.error !== null && <FailureAlert title="Not turned on" error={doing.error} />}
        <Group>
          <Button type="submit" loading={doing.isPending}>
            Turn on
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
