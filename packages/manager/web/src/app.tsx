import { Center, Loader } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import { openSession } from './api.ts'
import { LiveProvider } from './live-state.tsx'
import { CertificatesPage } from './pages/certificates.tsx'
import { EnrollmentsPage } from './pages/enrollments.tsx'
import { HostPage } from './pages/host.tsx'
import { HostsPage } from './pages/hosts.tsx'
import { JobPage } from './pages/job.tsx'
import { JobsPage } from './pages/jobs.tsx'
import { NewJobPage } from './pages/new-job.tsx'
import { NewPasswordPage } from './pages/new-password.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
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

const Pages = () => (
  <Switch>
    <Route path="/">
      <Redirect to="/hosts" replace />
    </Route>
    <Route path="/hosts" component={HostsPage} />
    <Route path="/hosts/:id">{({ id }) => <HostPage key={id} id={id} />}</Route>
    <Route path="/enrollments" component={EnrollmentsPage} />
    <Route path="/certificates" component={CertificatesPage} />
    <Route path="/jobs" component={JobsPage} />
    <Route path="/jobs/new" component={NewJobPage} />
    <Route path="/jobs/:id">{({ id }) => <JobPage key={id} id={id} />}</Route>
    <Route path="/password">
      <NewPasswordPage />
    </Route>
    <Route component={NotFoundPage} />
  </Switch>
)
