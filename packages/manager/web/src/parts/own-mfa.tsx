import { Group, Stack, Text } from '@mantine/core'
import type { Proof } from '@linux-patch/shared/second-factor'
import { useMutation } from '@tanstack/react-query'
import { api, readMe } from '../api.ts'
import type { Method } from '../proof.ts'
import { useUser } from '../rights.ts'
import { DialogButton } from './dialog-button.tsx'
import { DialogForm } from './dialog-form.tsx'
import { MfaSetup } from './mfa-setup.tsx'
import { ProofInput, proofOf, useProofForm } from './proof-input.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { Sheet } from './sheet.tsx'

/** By what somebody who has a second factor proves who he is; whom single sign-on lets in has no password. */
const useMethods = (): Method[] =>
  useUser()?.provider === 'oidc' ? ['code'] : ['code', 'password']

/** Whether a sign-in takes more than a password, and the way to change that. */
export const OwnMfa = () => (
  <Sheet title="Second factor">{useUser()?.mfa_enabled === true ? <On /> : <Off />}</Sheet>
)

const Off = () => (
  <Stack>
    <Text size="sm">
      With a second factor a sign-in takes a code from your phone as well: a password that others
      know is then not enough.
    </Text>
    <MfaSetup />
  </Stack>
)

const On = () => (
  <Stack>
    <Text size="sm">It is on: to sign in you also need a code from your phone.</Text>
    <Group>
      <DialogButton words="New recovery codes" variant="default" holds>
        {(onClose) => <NewCodes onClose={onClose} />}
      </DialogButton>
      <DialogButton words="Turn it off" title="Turn the second factor off?" variant="default">
        {(onClose) => <TurnOff onClose={onClose} />}
      </DialogButton>
    </Group>
  </Stack>
)

function NewCodes({ onClose }: { onClose: () => void }) {
  const methods = useMethods()
  const form = useProofForm(methods)
  const making = useMutation({
    gcTime: 0,
    mutationFn: (proof: Proof) => api.makeRecoveryCodes(proof),
  })
  if (making.data) return <RecoveryCodes codes={making.data.recovery_codes} onClose={onClose} />
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => making.mutate(proofOf(values)))}
      doing={making}
      refused="Not made"
      submit="Make new codes"
      onClose={onClose}
    >
      <Text size="sm">The codes that you have now will no longer work.</Text>
      <ProofInput form={form} methods={methods} />
    </DialogForm>
  )
}

function TurnOff({ onClose }: { onClose: () => void }) {
  const methods = useMethods()
  const form = useProofForm(methods)
  const turning = useMutation({
    gcTime: 0,
    mutationFn: (proof: Proof) => api.turnOffMfa(proof),
    async onSuccess() {
      onClose()
      await readMe()
    },
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => turning.mutate(proofOf(values)))}
      doing={turning}
      refused="It stays on"
      submit="Turn it off"
      color="red"
      onClose={onClose}
    >
      <Text size="sm">After that you sign in without a code. Your other sessions end.</Text>
      <ProofInput form={form} methods={methods} />
    </DialogForm>
  )
}
