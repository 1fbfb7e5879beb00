import type { ManagerApi } from '@linux-patch/shared/manager-api'
import { revertible } from '../agents/answers.test.kit.ts'
import type { Fleet } from '../orchestration/fleet.test.kit.ts'
import { newRequest } from '../services/enrollment/csr.test.kit.ts'
import { mailServer } from '../mail/server.test.kit.ts'
import { withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { asking, confirming } from '../services/enrollment/enrollment.test.kit.ts'

type Name = keyof ManagerApi
/** Does it once, and answers what must not stand on record of it. */
type Act = (world: Fleet) => Promise<(string | undefined)[] | void>

const password = 'a horse, a battery and 7 staples'
let counted = 0
const another = () => `name-${++counted}`

const group = (world: Fleet) => world.admin.createGroup({ name: another(), description: '' })
const role = (world: Fleet) =>
  world.admin.createRole({ name: another(), permissions: ['host:read'], scoped: false })
const user = (world: Fleet) =>
  world.admin.createUser({ username: another(), role: 'viewer', password })
/** Somebody who has signed in twice. */
async function twice(world: Fleet) {
  const { username, password, token } = await world.person('viewer')
  await world.as().login({ username, password })
  return world.as(token)
}
const member = async (world: Fleet) => ({
  id: (await group(world)).id,
  user_id: (await user(world)).id,
})
const apiToken = (world: Fleet) =>
  world.admin.createApiToken({ name: another(), permissions: ['host:read'] })
const joinCode = (world: Fleet) =>
  world.admin.createJoinCode({ name: another(), uses: 1, expires_in_hours: 1 })
const certificate = (world: Fleet) =>
  world.admin.issueOperatorCertificate({ name: another(), passphrase: password })
async function waiting(world: Fleet) {
  const asked = await asking(++counted)
  await world.as().enroll(asked)
  const { enrollments } = await world.admin.listEnrollments()
  return enrollments.find(({ machine_id }) => machine_id === asked.machine_id)!
}
/** Nothing listens there, which is found out at once. */
const host = (world: Fleet) => {
  const number = ++counted
  return world.admin.addHost({ fqdn: `host-${number}.example`, ip_address: `127.0.1.${number}` })
}
async function ofHost(world: Fleet) {
  const host_id = (await host(world)).id
  const csr_pem = await newRequest()
  return (await world.admin.issueHostCertificate({ host_id, csr_pem })).certificate.id
}
const job = async ({ admin, ...world }: Fleet) => {
  const { id } = await host({ admin, ...world })
  return admin.createJob({ kind: 'patch_apply', host_ids: [id] })
}

/** For tests only: what changes something, what stands on record of it, and how it is done. */
export const recorded: Partial<Record<Name, [action: string, act: Act]>> = {
  login: ['sign_in', async (world) => [await world.signIn(), world.password]],
  logout: ['sign_out', async (world) => void (await world.as(await world.signIn()).logout())],
  changeOwnPassword: [
    'password_change',
    async (world) => {
      const person = await world.person('viewer')
      const passwords = { current_password: person.password, new_password: password }
      await world.as(person.token).changeOwnPassword(passwords)
      return [password, person.password]
    },
  ],
  createUser: ['user_create', async (world) => [password, (await user(world)).id && password]],
  changeUser: [
    'user_change',
    async (world) => {
      await world.admin.changeUser({ id: (await user(world)).id, role: 'operator' })
    },
  ],
  removeUser: [
    'user_remove',
    async (world) => world.admin.removeUser({ id: (await user(world)).id }),
  ],
  resetPassword: [
    'password_reset',
    async (world) => {
      const { password } = await world.admin.resetPassword({ id: (await user(world)).id })
      return [password ?? undefined]
    },
  ],
  revokeSessions: [
    'sessions_revoke',
    async (world) => world.admin.revokeSessions({ id: (await user(world)).id }),
  ],
  setUpMfa: [
    'mfa_begin',
    async (world) => [(await world.as((await world.person('viewer')).token).setUpMfa()).secret],
  ],
  verifyMfa: [
    'mfa_enable',
    async (world) => {
      const { secret, recovery_codes } = await withPhone(world)
      return [secret, ...recovery_codes]
    },
  ],
  turnOffMfa: [
    'mfa_disable',
    async (world) => {
      const { api, nextCode, secret } = await withPhone(world)
      await api.turnOffMfa({ code: await nextCode() })
      return [secret]
    },
  ],
  makeRecoveryCodes: [
    'recovery_codes_make',
    async (world) => {
      const { api, nextCode } = await withPhone(world)
      return (await api.makeRecoveryCodes({ code: await nextCode() })).recovery_codes
    },
  ],
  stepUp: [
    'step_up',
    async (world) => {
      const { token, password } = await world.person('viewer')
      await world.as(token).stepUp({ password })
      return [password]
    },
  ],
  resetMfa: [
    'mfa_reset',
    async (world) => world.admin.resetMfa({ id: (await withPhone(world)).id }),
  ],
  testMail: [
    'mail_test',
    async (world) => {
      await using server = await mailServer({ authOptional: true })
      const smtp = {
        host: '127.0.0.1',
        port: server.port,
        security: 'none',
        from: 'a@example.org',
      } as const
      await world.admin.testMail({ to: 'b@example.org', smtp })
    },
  ],
  unlockUser: [
    'user_unlock',
    async (world) => world.admin.unlockUser({ id: (await user(world)).id }),
  ],
  endOwnSession: [
    'session_end',
    async (world) => {
      const person = await twice(world)
      const { sessions } = await person.listOwnSessions()
      await person.endOwnSession({ session_id: sessions.find(({ is_current }) => !is_current)!.id })
    },
  ],
  endOtherSessions: [
    'sessions_end_others',
    async (world) => (await twice(world)).endOtherSessions(),
  ],
  createRole: ['role_create', async (world) => void (await role(world))],
  changeRole: [
    'role_change',
    async (world) =>
      void (await world.admin.changeRole({ name: (await role(world)).name, description: 'x' })),
  ],
  removeRole: [
    'role_remove',
    async (world) => world.admin.removeRole({ name: (await role(world)).name }),
  ],
  enroll: [
    'enrollment_request',
    async (world) => [(await world.as().enroll(await asking(++counted))).polling_token],
  ],
  approveEnrollment: [
    'enrollment_approve',
    async (world) => {
      await world.admin.approveEnrollment(confirming(await waiting(world)))
    },
  ],
  denyEnrollment: [
    'enrollment_deny',
    async (world) => {
      const { id } = await waiting(world)
      await world.admin.denyEnrollment({ id, reason: 'Unknown.' })
    },
  ],
  createJoinCode: ['join_code_create', async (world) => [(await joinCode(world)).code]],
  revokeJoinCode: [
    'join_code_revoke',
    async (world) => world.admin.revokeJoinCode({ id: (await joinCode(world)).id }),
  ],
  addHost: ['host_add', async (world) => void (await host(world))],
  changeHost: [
    'host_change',
    async (world) =>
      void (await world.admin.changeHost({ id: (await host(world)).id, notes: 'Old.' })),
  ],
  retireHost: [
    'host_retire',
    async (world) => world.admin.retireHost({ id: (await host(world)).id }),
  ],
  refreshHost: [
    'host_refresh',
    async (world) => void (await world.admin.refreshHost({ id: world.agent.host_id })),
  ],
  issueHostCertificate: [
    'certificate_issue',
    async (world) => {
      await ofHost(world)
    },
  ],
  reissueHostCertificate: [
    'certificate_reissue',
    async (world) => {
      const host_id = (await host(world)).id
      await world.admin.issueHostCertificate({ host_id, csr_pem: await newRequest() })
      const { private_key_pem } = await world.admin.reissueHostCertificate({ host_id })
      return [private_key_pem ?? undefined]
    },
  ],
  issueOperatorCertificate: [
    'certificate_issue',
    async (world) => [(await certificate(world)).pkcs12_base64 ?? undefined, password],
  ],
  revokeCertificate: [
    'certificate_revoke',
    async (world) => {
      const { id } = (await certificate(world)).certificate
      await world.admin.revokeCertificate({ id, reason: 'superseded' })
    },
  ],
  revokeCertificates: [
    'certificate_revoke',
    async (world) => {
      const { id } = (await certificate(world)).certificate
      await world.admin.revokeCertificates({ ids: [id], reason: 'superseded' })
    },
  ],
  renewCertificate: [
    'certificate_renewal_ask',
    async (world) => {
      await world.admin.renewCertificate({ id: await ofHost(world) })
    },
  ],
  renewCertificates: [
    'certificate_renewal_ask',
    async (world) => {
      await world.admin.renewCertificates({ ids: [await ofHost(world)] })
    },
  ],
  createGroup: ['group_create', async (world) => void (await group(world))],
  addHostToGroup: [
    'group_host_add',
    async (world) => {
      const group_id = (await group(world)).id
      await world.admin.addHostToGroup({ id: world.agent.host_id, group_id })
    },
  ],
  removeHostFromGroup: [
    'group_host_remove',
    async (world) => {
      const [id, group_id] = [world.agent.host_id, (await group(world)).id]
      await world.admin.addHostToGroup({ id, group_id })
      await world.admin.removeHostFromGroup({ id, group_id })
    },
  ],
  createApiToken: ['api_token_create', async (world) => [(await apiToken(world)).token]],
  revokeApiToken: [
    'api_token_revoke',
    async (world) => world.admin.revokeApiToken({ id: (await apiToken(world)).id }),
  ],
  changeGroup: [
    'group_change',
    async (world) => {
      await world.admin.changeGroup({ id: (await group(world)).id, description: 'Other.' })
    },
  ],
  removeGroup: [
    'group_remove',
    async (world) => world.admin.removeGroup({ id: (await group(world)).id }),
  ],
  addUserToGroup: [
    'group_user_add',
    async (world) => world.admin.addUserToGroup(await member(world)),
  ],
  removeUserFromGroup: [
    'group_user_remove',
    async (world) => {
      const of = await member(world)
      await world.admin.addUserToGroup(of)
      await world.admin.removeUserFromGroup(of)
    },
  ],
  createJob: ['job_create', async (world) => void (await job(world))],
  cancelJob: [
    'job_cancel',
    async (world) => void (await world.admin.cancelJob({ id: (await job(world)).id })),
  ],
  rollbackJob: [
    'job_rollback',
    async (world) => {
      const { answers, jobs } = world.agent
      answers.getJob = ({ job_id }) => ({ ...jobs.get(job_id)!, ...revertible })
      const { id } = await world.ended((await world.patch()).id)
      await world.admin.rollbackJob({ id })
    },
  ],
  changeSettings: [
    'settings_change',
    async (world) => {
      await world.admin.changeSettings({ smtp: { host: 'mail.example', password } })
      return [password]
    },
  ],
  exportAudit: ['audit_export', async (world) => void (await world.admin.exportAudit())],
  verifyAudit: ['audit_verify', async (world) => void (await world.admin.verifyAudit())],
}

/** What is asked by POST and leaves nothing behind that anybody would look for, and why. */
export const unrecorded: Partial<Record<Name, string>> = {
  exchangeHandoff:
    'It hands out what SSO has begun. That somebody signed in that way is on record; it takes a provider to see it.',
  backchannelLogout: 'It is on record, and takes a provider to see it.',
  refresh:
    'It goes on with a session that is on record. A token that is offered twice is on record too.',
  previewJob: 'It changes nothing.',
  discoverProvider: 'It changes nothing, and tells a provider nothing.',
  testSso: 'It is on record, and takes a provider to see it.',
  testAzureSso: 'The same.',
  createTicket:
    'It opens one socket within a minute, to hear what the same person may ask for anyway.',
}
