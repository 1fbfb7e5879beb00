import type { auditLog } from '../services/audit/log.ts'
import type { auditVerification } from '../services/audit/verification.ts'
import type { AuthorityInfo } from '../services/certificates/authority-info.ts'
import type { CertificateStatus } from '../services/certificates/certificate-status.ts'
import type { certificateService } from '../services/certificates/certificates.ts'
import type { enrollmentService } from '../services/enrollment/enrollment.ts'
import type { hostCertificates } from '../services/certificates/host-certificates.ts'
import type { groupHosts } from '../services/hosts/group-hosts.ts'
import type { groupUsers } from '../services/people/group-users.ts'
import type { groupService } from '../services/people/groups.ts'
import type { hostEdits } from '../services/hosts/host-edits.ts'
import type { hostService } from '../services/hosts/hosts.ts'
import type { joinCodeService } from '../services/enrollment/join-codes.ts'
import type { jobPreview } from '../services/jobs/job-preview.ts'
import type { jobService } from '../services/jobs/jobs.ts'
import type { mailTest } from '../services/settings/mail-test.ts'
import type { operatorCertificates } from '../services/certificates/operator-certificates.ts'
import type { OwnPassword } from '../services/sign-in/own-password.ts'
import type { OwnSessions } from '../services/sign-in/own-sessions.ts'
import type { renewing } from '../services/certificates/renewing.ts'
import type { RevokingService } from '../services/certificates/revoking.ts'
import type { RevocationLists } from '../services/certificates/revocation-lists.ts'
import type { roleService } from '../services/people/roles.ts'
import type { rollbackService } from '../services/jobs/rollbacks.ts'
import type { Rollover } from '../services/certificates/rollover.ts'
import type { SecondFactor } from '../services/sign-in/second-factor.ts'
import type { secondFactorReset } from '../services/sign-in/second-factor-reset.ts'
import type { Sessions } from '../services/sign-in/sessions.ts'
import type { apiTokenService } from '../services/people/api-tokens.ts'
import type { TokenCallers } from '../services/people/token-callers.ts'
import type { SettingsService } from '../services/settings/settings.ts'
import type { SignIn } from '../services/sign-in/sign-in.ts'
import type { SignInChallenges } from '../services/sign-in/sign-in-challenges.ts'
import type { StepUp } from '../services/sign-in/step-up.ts'
import type { BackchannelLogout } from '../services/sso/backchannel-logout.ts'
import type { SsoHandoffs } from '../services/sso/handoffs.ts'
import type { SsoSignOut } from '../services/sso/sign-out.ts'
import type { SsoService } from '../services/sso/sso.ts'
import type { SsoTests } from '../services/sso/connection-test.ts'
import type { Tickets } from '../services/sign-in/tickets.ts'
import type { unlocking } from '../services/sign-in/unlocking.ts'
import type { userAccess } from '../services/people/user-access.ts'
import type { userService } from '../services/people/users.ts'

/** What answers whatever is asked over HTTPS. */
export type Services = {
  signIn: SignIn
  sso: SsoService
  ssoHandoffs: SsoHandoffs
  backchannelLogout: BackchannelLogout
  ssoSignOut: SsoSignOut
  sessions: Sessions
  ownSessions: OwnSessions
  ownPassword: OwnPassword
  unlock: ReturnType<typeof unlocking>
  users: ReturnType<typeof userService>
  userAccess: ReturnType<typeof userAccess>
  roles: ReturnType<typeof roleService>
  challenges: SignInChallenges
  secondFactor: SecondFactor
  secondFactorReset: ReturnType<typeof secondFactorReset>
  stepUp: StepUp
  apiTokens: ReturnType<typeof apiTokenService>
  tokenCallers: TokenCallers
  enrollment: ReturnType<typeof enrollmentService>
  joinCodes: ReturnType<typeof joinCodeService>
  groups: ReturnType<typeof groupService>
  groupHosts: ReturnType<typeof groupHosts>
  groupUsers: ReturnType<typeof groupUsers>
  hosts: ReturnType<typeof hostService>
  hostEdits: ReturnType<typeof hostEdits>
  certificates: ReturnType<typeof certificateService>
  hostCertificates: ReturnType<typeof hostCertificates>
  operatorCertificates: ReturnType<typeof operatorCertificates>
  renewing: ReturnType<typeof renewing>
  revoking: RevokingService
  jobs: ReturnType<typeof jobService>
  jobPreview: ReturnType<typeof jobPreview>
  rollbacks: ReturnType<typeof rollbackService>
  settings: SettingsService
  mailTest: ReturnType<typeof mailTest>
  auditLog: ReturnType<typeof auditLog>
  auditVerification: ReturnType<typeof auditVerification>
  ssoTests: SsoTests
  tickets: Tickets
  authority: AuthorityInfo
  rollover: Pick<Rollover, 'status'>
  lists: RevocationLists
  certificateStatus: CertificateStatus
  ping: () => Promise<void>
  version: string
  now: () => Date
}
