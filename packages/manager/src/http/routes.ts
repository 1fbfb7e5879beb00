import type { Handlers } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { secondFactorApi } from '@linux-patch/shared/manager-api/second-factor'
import type { auditLog } from '../services/audit/log.ts'
import type { auditVerification } from '../services/audit/verification.ts'
import type { AuthorityInfo } from '../services/certificates/authority-info.ts'
import { personOf, type Caller } from '../services/caller.ts'
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
import type { SsoHandoffs } from '../services/sso/handoffs.ts'
import type { SsoService } from '../services/sso/sso.ts'
import type { SsoTests } from '../services/sso/connection-test.ts'
import type { Tickets } from '../services/sign-in/tickets.ts'
import type { unlocking } from '../services/sign-in/unlocking.ts'
import type { userAccess } from '../services/people/user-access.ts'
import type { userService } from '../services/people/users.ts'
import { dropRefreshCookie, readRefreshCookie, setRefreshCookie } from './refresh-cookie.ts'
import { ssoRoutes } from './sso-routes.ts'

export type Services = {
  signIn: SignIn
  sso: SsoService
  ssoHandoffs: SsoHandoffs
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

/** Who answers what. An endpoint left out, or misspelt, is a type error here. */
export const routes = (services: Services): Handlers<ManagerApi, Caller> => ({
  ...signInRoutes(services),
  ...secondFactorRoutes(services),
  ...ssoRoutes(services),

  listUsers: services.users.list,
  createUser: services.users.create,
  getUser: services.users.get,
  changeUser: services.users.change,
  removeUser: services.users.remove,
  resetPassword: services.userAccess.resetPassword,
  revokeSessions: services.userAccess.revokeSessions,

  listRoles: services.roles.list,
  createRole: services.roles.create,
  changeRole: services.roles.change,
  removeRole: services.roles.remove,
  unlockUser: services.unlock,

  listApiTokens: services.apiTokens.list,
  createApiToken: services.apiTokens.create,
  revokeApiToken: services.apiTokens.revoke,

  enroll: services.enrollment.enroll,
  getEnrollmentStatus: services.enrollment.status,
  listEnrollments: services.enrollment.list,
  approveEnrollment: services.enrollment.approve,
  denyEnrollment: services.enrollment.deny,
  getAuthority: services.authority.describe,
  getRootCertificate: services.authority.rootCertificate,
  getRollover: services.rollover.status,

  listJoinCodes: services.joinCodes.list,
  createJoinCode: services.joinCodes.create,
  revokeJoinCode: services.joinCodes.revoke,

  listHosts: services.hosts.list,
  getHost: services.hosts.get,
  refreshHost: services.hosts.refresh,
  addHost: services.hostEdits.add,
  changeHost: services.hostEdits.change,
  retireHost: services.hostEdits.retire,

  listCertificates: services.certificates.list,
  getCertificate: services.certificates.get,
  exportCertificate: services.certificates.export,
  getHostCertificate: services.certificates.ofHost,
  issueHostCertificate: services.hostCertificates.issue,
  reissueHostCertificate: services.hostCertificates.reissue,
  issueOperatorCertificate: services.operatorCertificates.issue,
  renewCertificate: services.renewing.renew,
  renewCertificates: services.renewing.renewAll,
  revokeCertificate: services.revoking.revoke,
  revokeCertificates: services.revoking.revokeAll,
  listGroups: services.groups.list,
  createGroup: services.groups.create,
  getGroup: services.groups.get,
  changeGroup: services.groups.change,
  removeGroup: services.groups.remove,
  listGroupUsers: services.groupUsers.list,
  addUserToGroup: services.groupUsers.add,
  removeUserFromGroup: services.groupUsers.remove,
  addHostToGroup: services.groupHosts.add,
  removeHostFromGroup: services.groupHosts.remove,

  listJobs: services.jobs.list,
  createJob: services.jobs.create,
  previewJob: services.jobPreview,
  getJob: services.jobs.get,
  cancelJob: services.jobs.cancel,
  rollbackJob: services.rollbacks.create,
  getSettings: services.settings.told,
  changeSettings: services.settings.change,
  testMail: services.mailTest,
  listAudit: services.auditLog.list,
  exportAudit: services.auditLog.export,
  verifyAudit: services.auditVerification.verifyFor,
  discoverProvider: services.ssoTests.discover,
  testSso: services.ssoTests.test,
  testAzureSso: services.ssoTests.testAzure,
  createTicket: (_input, call) => services.tickets.create(personOf(call)),

  async getHealth() {
    try {
      await services.ping()
    } catch (cause) {
      throw new Failure('unavailable', 'The database does not answer.', { cause })
    }
    return { status: 'healthy', version: services.version }
  },
})

type SignInRoutes =
  | 'login'
  | 'refresh'
  | 'logout'
  | 'listOwnSessions'
  | 'endOwnSession'
  | 'endOtherSessions'
  | 'getMe'
  | 'changeOwnPassword'

const signInRoutes = ({
  signIn,
  sessions,
  ownSessions,
  ownPassword,
  now,
}: Services): Pick<Handlers<ManagerApi, Caller>, SignInRoutes> => ({
  async login(input, call) {
    return setRefreshCookie(call, await signIn.login(input, call), now())
  },
  async refresh({ refresh_token }, call) {
    const opened = await sessions.refresh(refresh_token ?? readRefreshCookie(call), call)
    return setRefreshCookie(call, opened, now())
  },
  async logout({ refresh_token }, call) {
    await sessions.logout(refresh_token ?? readRefreshCookie(call), call)
    dropRefreshCookie(call)
  },
  listOwnSessions: ownSessions.list,
  endOwnSession: ownSessions.end,
  endOtherSessions: ownSessions.endOthers,
  getMe: (_input, call) => personOf(call).user,
  changeOwnPassword: ownPassword.change,
})

const secondFactorRoutes = ({
  challenges,
  secondFactor,
  secondFactorReset,
  stepUp,
  now,
}: Services): Pick<Handlers<ManagerApi, Caller>, keyof typeof secondFactorApi> => ({
  setUpMfa: (_input, call) => secondFactor.setUp(call),
  async verifyMfa({ mfa_token, ...proof }, call) {
    if (mfa_token === undefined) return secondFactor.confirm(String(proof.code), call)
    const opened = await challenges.answer({ ...proof, mfa_token }, call)
    return setRefreshCookie(call, opened, now())
  },
  turnOffMfa: secondFactor.turnOff,
  makeRecoveryCodes: secondFactor.makeRecoveryCodes,
  stepUp: stepUp.confirm,
  resetMfa: secondFactorReset.ofUser,
})
