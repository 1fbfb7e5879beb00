import { Center, Loader } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { openSession } from './api.ts'
import { LiveProvider } from './live-state.tsx'
import { Pages } from './pages.tsx'
import { NewPasswordPage } from './pages/new-password.tsx'
import { SignInPage } from './pages/sign-in.tsx'
import { FailureAlert } from './parts/failure-alert.tsx'
import { Shell } from './parts/shell.tsx'
import { newQueryClient } from './queries.ts'
import { useSession } from './session.ts'

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
  if (session.state === 'signed_out') return <SignInPage />
  if (session.user.password_reset_required) return <NewPasswordPage forced />
  return <SignedIn key={session.user.id} />
}

function SignedIn() {
  // Made anew for each person: what one has read is not shown to the next.
  const [queries] = useState(newQueryClient)
  return (
    <QueryClientProvider client={queries}>
      <LiveProvider>
        <Shell>
          <Pages />
        </Shell>
      </LiveProvider>
    </QueryClientProvider>
  )
}
