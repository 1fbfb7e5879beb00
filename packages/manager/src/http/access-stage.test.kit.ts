import { randomUUID } from 'node:crypto'
import { mock } from 'node:test'
import { addJob, at, debian, newCertificate, newEnrollment } from '../db/samples.test.kit.ts'
import { newId } from '../db/id.ts'
import { cheaplyHashed } from '../services/sign-in/passwords.test.kit.ts'
import { hashOf } from '../services/secret-hash.ts'
import { manager } from '../start/manager.test.kit.ts'

export type Stage = Awaited<ReturnType<typeof stage>>

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const many = 1_000_000

/** A provider that does not answer. */
export const NOBODY_THERE = 'https://127.0.0.1:1'

/** For tests only: a manager, two groups, and whatever a call can be about, made anew as often as it is wanted. */
export async function stage() {
  const rate_limits = {
    sign_in: many,
    refresh: many,
    enroll: many,
    enroll_status: many,
    preview: many,
    settings_test: many,
    sso: many,
  }
  const sso = { microsoft_url: NOBODY_THERE }
  const rarely = { read_every_seconds: 86_400, retry_every_seconds: 86_400 }
  const world = await manager({ settings: { rate_limits, hosts: rarely, sso } })
  const { stores, tokens, now } = world
  const admin = world.as(await world.signIn())
  const blank = { description: '', created_at: at(0) }
  const own = await stores.groups.add({ name: 'Own', ...blank })
  const alsoOwn = await stores.groups.add({ name: 'Also own', ...blank })
  const other = await stores.groups.add({ name: 'Other', ...blank })
  const password = randomUUID()
  const password_hash = cheaplyHashed(password)
  const inAnHour = () => new Date(now().getTime() + HOUR).toISOString()
  let count = 0
  const address = (net: number, number: number) => `127.${net}.${number >> 8}.${number & 255}`

  /** Of the group `Own`. Nothing answers where it is called. */
  async function host() {
    const number = ++count
    const { id } = await stores.hosts.add({
      machine_id: String(number).padStart(32, '0'),
      fqdn: `host-${number}.example`,
      ip_address: address(1, number),
      display_name: '',
      os: debian,
      agent_version: null,
      agent_port: 12443,
      key_fingerprint: '',
      registered_at: at(0),
    })
    await stores.groups.addHost(id, [own.id])
    return id
  }

  async function user(role = 'viewer', group_ids: string[] = []) {
    const record = await stores.users.add({
      username: `user-${++count}`,
      password_hash,
      role,
      must_change_password: false,
      created_at: at(0),
    })
    for (const group_id of group_ids) await stores.groups.addUser(record.id, group_id)
    return record
  }

  /** A session of a new user; what refreshes it, and what opens it. */
  async function session(role: string, group_ids: string[] = []) {
    const { id: user_id, epoch } = await user(role, group_ids)
    const refresh_token = randomUUID()
    const { id: session_id } = await stores.sessions.add({
      user_id,
      refresh_hash: hashOf(refresh_token),
      ip: '127.0.0.1',
      user_agent: '',
      created_at: now().toISOString(),
      confirmed_at: now().toISOString(),
      expires_at: inAnHour(),
    })
    const token = await tokens.sign({ user_id, session_id, epoch })
    return { user_id, session_id, refresh_token, token }
  }

  return {
    ...world,
    admin,
    own,
    alsoOwn,
    other,
    password,
    host,
    user,
    session,
    name: (what: string) => `${what}-${++count}`,
    address: () => address(3, ++count),
    /** The token of a session that goes on, given out so long ago that it counts no more. */
    async expired() {
      mock.timers.enable({ apis: ['Date'], now: Date.now() - 20 * MINUTE })
      try {
        return (await session('admin')).token
      } finally {
        mock.timers.reset()
      }
    },

    async group() {
      return (await stores.groups.add({ name: `group-${++count}`, ...blank })).id
    },

    async role() {
      const name = `role-${++count}`
      await admin.createRole({ name, permissions: ['host:read'], scoped: true })
      return name
    },

    /** What a host without a key of its own asks. */
    asking() {
      const number = ++count
      return {
        machine_id: String(number).padStart(32, '0'),
        fqdn: `asking-${number}.example`,
        ip_address: address(4, number),
        os_details: debian,
      }
    },

    /** In force, of a host of the group `Own`. */
    async certificate() {
      const serial = (++count).toString(16).padStart(8, '0')
      const { id } = await stores.certificates.add({
        ...newCertificate(count, await host()),
        serial,
        not_after: inAnHour(),
      })
      return id
    },

    /** That has not ended, on a host of the group `Own`. */
    async job() {
      return addJob(stores, [await host()])
    },

    /** That waits, without a key of its own. */
    async enrollment() {
      const number = ++count
      const names = { fqdn: `new-${number}.example`, ip_address: address(2, number) }
      const { id } = await stores.enrollments.add({
        ...newEnrollment(number),
        ...names,
        csr_pem: '',
        key_fingerprint: '',
        token_hash: hashOf(newId()),
        created_at: now().toISOString(),
        expires_at: inAnHour(),
      })
      return { id, ...names }
    },
  }
}
