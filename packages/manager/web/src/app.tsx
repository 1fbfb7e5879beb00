import { Center, Loader, Modal } from '@mantine/core'
import type { User } from '@linux-patch/shared/user'
import { QueryClientProvider } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { LiveProvider } from './live-state.tsx'
import { Pages } from './pages.tsx'
import { ForcedMfaPage } from './pages/forced-mfa.tsx'
import { ForcedPasswordPage } from './pages/forced-password.tsx'
import { SecondFactorPage } from './pages/second-factor.tsx'
import { SignInPage } from './pages/sign-in.tsx'
import { FailureAlert } from './parts/failure-alert.tsx'
import { ProofDialog } from './parts/proof-dialog.tsx'
import { Shell } from './parts/shell.tsx'
import { newQueryClient } from './queries.ts'
import { useSession } from './session.ts'
import { openSession } from './sign-in.ts'

export function App() {
  const session = useSession()
  if (session.state === 'opening')
    return (
      <Center mih="100vh">
        <Loader aria-label="Loading" />
      </Center>
    )
  if (session.state === 'unknown')
    return (
      <Center mih="100vh" p="md">
        <FailureAlert error={session.error} retry={() => void openSession()} />
      </Center>
    )
  if (session.state === 'signed_out')
    return (
      <Reading key="nobody">
        <SignInPage because={session.because} />
      </Reading>
    )
  if (session.state === 'code_wanted')
    return (
      <Reading key="nobody">
        <SecondFactorPage mfa_token={session.mfa_token} />
      </Reading>
    )
  return (
    <Reading key={session.user.id}>
      <ProofDialog />
      <SignedIn user={session.user} />
    </Reading>
  )
}

/** What one person reads. Made anew for each: what one has read is not shown to the next. */
function Reading({ children }: { children: ReactNode }) {
  const [queries] = useState(newQueryClient)
  return (
    <QueryClientProvider client={queries}>
      <Modal.Stack>{children}</Modal.Stack>
    </QueryClientProvider>
  )
}

/** Before anything else, what the manager wants of the person. */
function SignedIn({ user }: { user: User }) {
  if (user.password_reset_required) return <ForcedPasswordPage />
  if (user.mfa_setup_required) return <ForcedMfaPage />
  return (
    <LiveProvider>
      <Shell>
        <Pages />
      </Shell>
    </LiveProvider>
  )
}
