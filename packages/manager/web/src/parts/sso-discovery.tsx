import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Discovered } from '@linux-patch/shared/settings/sso-tests'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogButton } from './dialog-button.tsx'
import { DialogForm } from './dialog-form.tsx'
import { Facts } from './facts.tsx'

/** Asks a provider what it says of itself, before anything of it is set. `issuer`: the one that is. */
export const SsoDiscovery = ({ issuer }: { issuer: string | null }) => (
  <DialogButton words="Ask a provider" variant="default">
    {(onClose) => <Ask issuer={issuer ?? ''} onClose={onClose} />}
  </DialogButton>
)

function Ask({ issuer, onClose }: { issuer: string; onClose: () => void }) {
  const form = useForm({ initialValues: { issuer } })
  const asking = useMutation({
    mutationFn: (values: typeof form.values) => api.discoverProvider(values),
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => asking.mutate(values))}
      doing={asking}
      refused="Not asked"
      submit="Ask"
      back="Close"
      onClose={onClose}
    >
      <TextInput
        label="Issuer"
        description="An https address, exactly as the provider writes it; it is not stored"
        data-autofocus
        {...form.getInputProps('issuer')}
      />
      {asking.data && <Facts facts={factsOf(asking.data)} />}
    </DialogForm>
  )
}

const factsOf = (said: Discovered) => ({
  Issuer: said.issuer,
  'Sign-in': said.authorization_endpoint ?? NOTHING,
  Tokens: said.token_endpoint ?? NOTHING,
  'About people': said.userinfo_endpoint ?? NOTHING,
  'Sign-out': said.end_session_endpoint ?? NOTHING,
  Keys: said.jwks_uri ?? NOTHING,
  'Signs with': listed(said.signing_algorithms),
  'Clients show': listed(said.client_authentication),
  Scopes: listed(said.scopes),
  Claims: listed(said.claims),
  PKCE: said.pkce ? 'taken' : NOTHING,
})

const NOTHING = 'not said'
const listed = (words: string[]) => words.join(', ') || NOTHING
