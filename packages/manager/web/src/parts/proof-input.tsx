import { Radio, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Proof } from '@linux-patch/shared/second-factor'
import type { Method } from '../proof.ts'
import { CodeInput } from './code-input.tsx'
import { SecretInput } from './secret-input.tsx'

export type ProofForm = ReturnType<typeof useProofForm>

/** Proves who somebody is, by one of these; a code is what it begins with where there is one. */
export const useProofForm = (methods: Method[]) =>
  useForm<{ by: Method; password: string; code: string }>({
    initialValues: { by: methods.includes('code') ? 'code' : 'password', password: '', code: '' },
    validate: {
      password: (text, { by }) => (by === 'password' && text === '' ? 'Enter your password' : null),
      code: (text, { by }) => (by === 'code' && text.trim() === '' ? 'Enter the code' : null),
    },
  })

export const proofOf = ({ by, password, code }: ProofForm['values']): Proof =>
  by === 'code' ? { code } : { password }

export const ProofInput = ({ form, methods }: { form: ProofForm; methods: Method[] }) => (
  <Stack>
    {methods.length > 1 && (
      <Radio.Group label="By what?" {...form.getInputProps('by')}>
        <Stack my="xs" gap="xs">
          <Radio value="code" label="A code of the phone" />
          <Radio value="password" label="The password" />
        </Stack>
      </Radio.Group>
    )}
    {form.values.by === 'code' ? (
      <CodeInput data-autofocus {...form.getInputProps('code')} />
    ) : (
      <SecretInput
        label="Password"
        autoComplete="current-password"
        data-autofocus
        {...form.getInputProps('password')}
      />
    )}
  </Stack>
)
