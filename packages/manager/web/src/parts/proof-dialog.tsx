import { Text } from '@mantine/core'
import type { Proof } from '@linux-patch/shared/second-factor'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import { answerProof, useProofAsked, type Method } from '../proof.ts'
import { Dialog } from './dialog.tsx'
import { DialogForm } from './dialog-form.tsx'
import { ProofInput, proofOf, useProofForm } from './proof-input.tsx'

/** Over whatever was begun: it goes on once its person has proved who he is, or is refused. */
export function ProofDialog() {
  const methods = useProofAsked()
  return (
    <Dialog
      opened={methods !== null}
      onClose={() => answerProof(false)}
      closeOnClickOutside={false}
      title="Is it you?"
      size="md"
    >
      {methods && <ProofForm methods={methods} />}
    </Dialog>
  )
}

function ProofForm({ methods }: { methods: Method[] }) {
  const form = useProofForm(methods)
  const proving = useMutation({
    gcTime: 0,
    mutationFn: (proof: Proof) => api.stepUp(proof),
    onSuccess: () => answerProof(true),
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => proving.mutate(proofOf(values)))}
      doing={proving}
      refused="Not confirmed"
      submit="Confirm"
      onClose={() => answerProof(false)}
    >
      <Text size="sm">
        This changes who may do what, or what cannot be taken back. Prove once more who you are;
        that then holds for a while.
      </Text>
      <ProofInput form={form} methods={methods} />
    </DialogForm>
  )
}
