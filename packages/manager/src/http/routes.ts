import type { Handlers } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import { personOf, type Caller } from '../services/caller.ts'
import { secondFactorRoutes } from './second-factor-routes.ts'
import type { Services } from './services.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { ssoRoutes } from './sso-routes.ts'

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
