import { IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import { AccountPage } from './pages/account.tsx'
import { AuditPage } from './pages/audit.tsx'
import { CertificatesPage } from './pages/certificates.tsx'
import { EnrollmentsPage } from './pages/enrollments.tsx'
import { GroupPage } from './pages/group.tsx'
import { GroupsPage } from './pages/groups.tsx'
import { HostPage } from './pages/host.tsx'
import { HostsPage } from './pages/hosts.tsx'
import { JobPage } from './pages/job.tsx'
import { JobsPage } from './pages/jobs.tsx'
import { NewJobPage } from './pages/new-job.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
import { RolesPage } from './pages/roles.tsx'
import { SettingsPage } from './pages/settings.tsx'
import { UsersPage } from './pages/users.tsx'
import { Nothing } from './parts/nothing.tsx'
import { PageHead } from './parts/page-head.tsx'
import { places } from './parts/places.ts'
import { useMay, type CallName } from './rights.ts'

/** What is at each address. Every page is for those who may make the call that it begins with. */
export const Pages = () => (
  <Switch>
    <Route path="/" component={First} />
    {at('/hosts', 'listHosts', () => (
      <HostsPage />
    ))}
    {at('/hosts/:id', 'getHost', (id) => (
      <HostPage key={id} id={id} />
    ))}
    {at('/enrollments', 'listEnrollments', () => (
      <EnrollmentsPage />
    ))}
    {at('/certificates', 'listCertificates', () => (
      <CertificatesPage />
    ))}
    {at('/jobs', 'listJobs', () => (
      <JobsPage />
    ))}
    {at('/jobs/new', 'createJob', () => (
      <NewJobPage />
    ))}
    {at('/jobs/:id', 'getJob', (id) => (
      <JobPage key={id} id={id} />
    ))}
    {at('/users', 'listUsers', () => (
      <UsersPage />
    ))}
    {at('/groups', 'listGroups', () => (
      <GroupsPage />
    ))}
    {at('/groups/:id', 'getGroup', (id) => (
      <GroupPage key={id} id={id} />
    ))}
    {at('/roles', 'listRoles', () => (
      <RolesPage />
    ))}
    {at('/settings', 'getSettings', () => (
      <SettingsPage />
    ))}
    {at('/audit', 'listAudit', () => (
      <AuditPage />
    ))}
    {at('/account', 'getMe', () => (
      <AccountPage />
    ))}
    <Route component={NotFoundPage} />
  </Switch>
)

const at = (path: string, call: CallName, page: (id: string) => ReactNode) => (
  <Route path={path}>
    {({ id = '' }: { id?: string }) => <Guarded call={call}>{page(id)}</Guarded>}
  </Route>
)

function Guarded({ call, children }: { call: CallName; children: ReactNode }) {
  if (useMay()(call)) return children
  return (
    <>
      <PageHead title="Not for your role" />
      <Nothing Icon={IconLock} title="Your role does not let you see this">
        An administrator can give you one that does.
      </Nothing>
    </>
  )
}

/** The first page that the person may see. */
function First() {
  const may = useMay()
  const place = places.find(({ call }) => may(call))
  return <Redirect to={place?.to ?? '/account'} replace />
}
