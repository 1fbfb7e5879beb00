import { randomUUID } from 'node:crypto'
import type { Client } from '@linux-patch/shared/contract'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import { newId } from '../db/id.ts'
import { NOBODY_THERE, type Stage } from './access-stage.test.kit.ts'

type Sent<Name extends keyof ManagerApi> = NonNullable<Parameters<Client<ManagerApi>[Name]>[0]>

/** One endpoint: what is asked, and how it is answered to those who may ask. */
export type Row<Name extends keyof ManagerApi = keyof ManagerApi> = {
  /** Of what is there and was not used up, on the group `Own`. */
  input: (stage: Stage) => Promise<Sent<Name>> | Sent<Name>
  status: number
  /** What is answered to those who see no host of that group; null: it is about none of its hosts. */
  outside: 404 | 403 | null
}
export type Rows = { [Name in keyof ManagerApi]: Row<Name> }

/** Not about one host: lists, whose content is another test's matter, and what reaches everywhere. */
const free = { outside: null } as const
const nothing = () => ({})

/** For tests only: a row for every endpoint. One that is missing is a type error. */
export const rows: Rows = {
  login: {
    input: async ({ user, password }) => ({ username: (await user()).username, password }),
    status: 200,
    ...free,
  },
  refresh: {
    input: async ({ session }) => ({ refresh_token: (await session('viewer')).refresh_token }),
    status: 200,
    ...free,
  },
  logout: {
    input: async ({ session }) => ({ refresh_token: (await session('viewer')).refresh_token }),
    status: 204,
    ...free,
  },
  listOwnSessions: { input: nothing, status: 200, ...free },
  endOwnSession: { input: () => ({ session_id: randomUUID() }), status: 404, ...free },
  endOtherSessions: { input: nothing, status: 204, ...free },
  unlockUser: { input: async ({ user }) => ({ id: (await user()).id }), status: 204, ...free },
  getMe: { input: nothing, status: 200, ...free },
  changeOwnPassword: {
    input: ({ password }) => ({
      current_password: password,
      new_password: 'brisk lanterns over 7 quiet harbours',
    }),
    status: 204,
    ...free,
  },

  getSsoConfig: { input: nothing, status: 200, ...free },
  // Single sign-on is not set up.
  beginSso: { input: nothing, status: 404, ...free },
  endSso: { input: nothing, status: 404, ...free },
  exchangeHandoff: { input: () => ({ handoff_code: 'unknown' }), status: 400, ...free },
  backchannelLogout: { input: () => ({ logout_token: 'unknown' }), status: 404, ...free },
  setUpMfa: { input: nothing, status: 200, ...free },
  // None was begun, and none is on.
  verifyMfa: { input: () => ({ code: '000000' }), status: 409, ...free },
  turnOffMfa: { input: ({ password }) => ({ password }), status: 409, ...free },
  makeRecoveryCodes: { input: ({ password }) => ({ password }), status: 409, ...free },
  stepUp: { input: ({ password }) => ({ password }), status: 204, ...free },
  resetMfa: { input: async ({ user }) => ({ id: (await user()).id }), status: 409, ...free },

  listUsers: { input: nothing, status: 200, ...free },
  createUser: {
    input: ({ name }) => ({ username: name('new'), role: 'viewer' }),
    status: 201,
    ...free,
  },
  getUser: { input: async ({ user }) => ({ id: (await user()).id }), status: 200, ...free },
  changeUser: {
    input: async ({ user }) => ({ id: (await user()).id, role: 'auditor' }),
    status: 200,
    ...free,
  },
  removeUser: { input: async ({ user }) => ({ id: (await user()).id }), status: 204, ...free },
  resetPassword: { input: async ({ user }) => ({ id: (await user()).id }), status: 200, ...free },
  revokeSessions: { input: async ({ user }) => ({ id: (await user()).id }), status: 204, ...free },

  listRoles: { input: nothing, status: 200, ...free },
  createRole: {
    input: ({ name }) => ({ name: name('role'), permissions: ['host:read'], scoped: true }),
    status: 201,
    ...free,
  },
  changeRole: {
    input: async ({ role }) => ({ name: await role(), description: 'Other.' }),
    status: 200,
    ...free,
  },
  removeRole: { input: async ({ role }) => ({ name: await role() }), status: 204, ...free },

  listApiTokens: { input: nothing, status: 200, ...free },
  // What somebody has not himself he gives to no token.
  createApiToken: {
    input: ({ name }) => ({ name: name('token'), permissions: ['host:read'] }),
    status: 201,
    ...free,
  },
  // There is none: whose token it is decides, which its own test tells.
  revokeApiToken: { input: () => ({ id: newId() }), status: 404, ...free },

  enroll: { input: ({ asking }) => asking(), status: 202, ...free },
  getEnrollmentStatus: {
    input: async ({ as, asking }) => {
      const { polling_token } = await as().enroll(asking())
      return { token: polling_token }
    },
    status: 202,
    ...free,
  },
  listEnrollments: { input: nothing, status: 200, ...free },
  approveEnrollment: {
    input: async ({ enrollment }) => {
      const { id, fqdn, ip_address } = await enrollment()
      return { id, make_key: true, dns_names: [fqdn], ip_addresses: [ip_address] }
    },
    status: 200,
    ...free,
  },
  denyEnrollment: {
    input: async ({ enrollment }) => ({ id: (await enrollment()).id }),
    status: 204,
    ...free,
  },

  getAuthority: { input: nothing, status: 200, ...free },
  getRootCertificate: { input: nothing, status: 200, ...free },
  getRollover: { input: nothing, status: 200, ...free },

  listJoinCodes: { input: nothing, status: 200, ...free },
  createJoinCode: { input: ({ name }) => ({ name: name('code') }), status: 201, ...free },
  revokeJoinCode: {
    input: async ({ admin, name }) => ({
      id: (await admin.createJoinCode({ name: name('c') })).id,
    }),
    status: 204,
    ...free,
  },

  listHosts: { input: nothing, status: 200, ...free },
  getHost: { input: async ({ host }) => ({ id: await host() }), status: 200, outside: 404 },
  addHost: {
    input: ({ own, name, address }) => ({
      fqdn: `${name('added')}.example`,
      ip_address: address(),
      group_ids: [own.id],
    }),
    status: 201,
    outside: 404,
  },
  changeHost: {
    input: async ({ host }) => ({ id: await host(), notes: 'Changed.' }),
    status: 200,
    outside: 404,
  },
  retireHost: { input: async ({ host }) => ({ id: await host() }), status: 204, outside: 404 },
  // There is nothing where it is called.
  refreshHost: { input: async ({ host }) => ({ id: await host() }), status: 502, outside: 404 },

  listCertificates: { input: nothing, status: 200, ...free },
  getCertificate: {
    input: async ({ certificate }) => ({ id: await certificate() }),
    status: 200,
    outside: 404,
  },
  exportCertificate: {
    input: async ({ certificate }) => ({ id: await certificate() }),
    status: 200,
    outside: 404,
  },
  getHostCertificate: {
    input: async ({ certificate, stores }) => {
      const { host_id } = await stores.certificates.get(await certificate())
      return { host_id: host_id ?? '' }
    },
    status: 200,
    outside: 404,
  },
  issueHostCertificate: {
    input: async ({ host }) => ({ host_id: await host() }),
    status: 201,
    outside: 404,
  },
  reissueHostCertificate: {
    input: async ({ host }) => ({ host_id: await host() }),
    status: 201,
    outside: 404,
  },
  issueOperatorCertificate: {
    input: ({ name }) => ({ name: name('tool') }),
    status: 201,
    ...free,
  },
  renewCertificate: {
    input: async ({ certificate }) => ({ id: await certificate() }),
    status: 202,
    outside: 404,
  },
  revokeCertificate: {
    input: async ({ certificate }) => ({ id: await certificate() }),
    status: 200,
    outside: 404,
  },
  revokeCertificates: {
    input: async ({ certificate }) => ({ ids: [await certificate()], reason: 'superseded' }),
    status: 200,
    outside: 403,
  },
  renewCertificates: {
    input: async ({ certificate }) => ({ ids: [await certificate()] }),
    status: 200,
    outside: 403,
  },

  listGroups: { input: nothing, status: 200, ...free },
  createGroup: { input: ({ name }) => ({ name: name('group') }), status: 201, ...free },
  addHostToGroup: {
    input: async ({ host, own }) => ({ id: await host(), group_id: own.id }),
    status: 204,
    outside: 404,
  },
  getGroup: { input: async ({ own }) => ({ id: own.id }), status: 200, outside: 404 },
  changeGroup: {
    input: async ({ group }) => ({ id: await group(), description: 'Other.' }),
    status: 200,
    ...free,
  },
  removeGroup: { input: async ({ group }) => ({ id: await group() }), status: 204, ...free },
  listGroupUsers: { input: async ({ own }) => ({ id: own.id }), status: 200, outside: 404 },
  addUserToGroup: {
    input: async ({ group, user }) => ({ id: await group(), user_id: (await user()).id }),
    status: 204,
    ...free,
  },
  removeUserFromGroup: {
    input: async ({ group, user }) => ({ id: await group(), user_id: (await user()).id }),
    status: 204,
    ...free,
  },
  // It stays in another group of those who see only theirs.
  removeHostFromGroup: {
    input: async ({ host, own, alsoOwn, stores }) => {
      const id = await host()
      await stores.groups.addHost(id, [alsoOwn.id])
      return { id, group_id: own.id }
    },
    status: 204,
    outside: 404,
  },

  listJobs: { input: nothing, status: 200, ...free },
  createJob: {
    input: async ({ host }) => ({ kind: 'reboot', host_ids: [await host()] }),
    status: 202,
    outside: 403,
  },
  previewJob: {
    input: async ({ host }) => ({ kind: 'patch_apply', host_ids: [await host()] }),
    status: 200,
    outside: 403,
  },
  getJob: { input: async ({ job }) => ({ id: await job() }), status: 200, outside: 404 },
  cancelJob: { input: async ({ job }) => ({ id: await job() }), status: 202, outside: 404 },
  // It has not ended.
  rollbackJob: { input: async ({ job }) => ({ id: await job() }), status: 409, outside: 404 },
  listAudit: { input: nothing, status: 200, ...free },
  exportAudit: { input: nothing, status: 200, ...free },
  verifyAudit: { input: nothing, status: 200, ...free },
  createTicket: { input: nothing, status: 201, ...free },

  getSettings: { input: nothing, status: 200, ...free },
  changeSettings: { input: () => ({ audit: { retention_days: 400 } }), status: 200, ...free },
  // Nothing takes mail there.
  testMail: {
    input: () => ({
      to: 'ann@example.com',
      smtp: { host: '127.0.0.1', port: 1, from: 'lpm@example.com' },
    }),
    status: 200,
    ...free,
  },
  discoverProvider: { input: () => ({ issuer: NOBODY_THERE }), status: 502, ...free },
  testSso: {
    input: () => ({ oidc: { issuer: NOBODY_THERE, client_id: 'patches' } }),
    status: 200,
    ...free,
  },
  testAzureSso: {
    input: () => ({ tenant_id: randomUUID(), client_id: 'patches' }),
    status: 200,
    ...free,
  },
  getHealth: { input: nothing, status: 200, ...free },
}
