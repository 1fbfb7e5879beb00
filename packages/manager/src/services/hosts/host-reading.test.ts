import assert from 'node:assert/strict'
import type { Package } from '@linux-patch/shared/package'
import type { Patch } from '@linux-patch/shared/patch'
import { Failure } from '@linux-patch/shared/failure'
import { test } from 'node:test'
import { agents } from '../../agents/connect.ts'
import { at, newCertificate } from '../../db/samples.test.kit.ts'
import { fleet, until } from '../../orchestration/fleet.test.kit.ts'
import { hostReading } from './host-reading.ts'
import { liveService } from '../live.ts'
import { gate } from '../enrollment/enrollment.test.kit.ts'

const openssl: Package = {
  name: 'openssl',
  version: '1.0',
  architecture: 'amd64',
  status: 'installed',
  description: '',
  size_bytes: null,
  installed_at: null,
  upgradable: true,
  available_version: '2.0',
  security: true,
  blocked_by: null,
  maintainer: null,
  dependencies: [],
}
const patch: Patch = {
  id: 'UPD-openssl-2.0',
  name: 'openssl',
  severity: 'medium',
  severity_source: 'default',
  security: false,
  status: 'available',
  published_date: null,
  description: '',
  cve_ids: [],
  affected_packages: ['openssl'],
  requires_reboot: false,
  blocked_by: null,
}
const held = { reason: 'held' as const, detail: '' }
const lists = { limit: 1000, offset: 0, lists_failure: null }

test('a refreshed host shows what it has, counted', async () => {
  await using world = await fleet()
  const { answers, host_id: id } = world.agent
  const packages = [openssl, { ...openssl, name: 'vim', security: false, blocked_by: held }]
  const lists_updated_at = world.now().toISOString()
  answers.listPackages = () => ({ packages, total: 2, ...lists, lists_updated_at })
  const host = await world.admin.refreshHost({ id })
  const { total, security, blocked, state } = host.updates
  assert.deepEqual([host.status, total, security, blocked, state], ['healthy', 2, 1, 1, 'current'])
  world.pass(25 * 3600_000)
  const later = await world.as(await world.signIn()).getHost({ id })
  assert.equal(later.updates.state, 'stale')
})

test('a host without package lists has unknown updates, and one whose lists failed has stale ones', async () => {
  await using world = await fleet()
  const { answers, host_id: id } = world.agent
  answers.listPackages = () => ({ packages: [], total: 0, ...lists, lists_updated_at: null })
  const { updates } = await world.admin.refreshHost({ id })
  assert.deepEqual([updates.total, updates.state], [null, 'unknown'])

  const lists_updated_at = world.now().toISOString()
  const lists_failure = 'No mirror.'
  answers.listPackages = () => ({
    packages: [],
    total: 0,
    ...lists,
    lists_updated_at,
    lists_failure,
  })
  const failed = (await world.admin.refreshHost({ id })).updates
  assert.deepEqual([failed.total, failed.state, failed.lists_failure], [0, 'stale', 'No mirror.'])
})

test('an approved host is waited for until its agent came for its certificate and answered', async () => {
  await using world = await gate({ hosts: { retry_every_seconds: 86_400 } })
  const { token, confirmed } = await world.enroll(1, { ip_address: '127.0.0.1', agent_port: 1 })
  const { id } = await world.admin.approveEnrollment(confirmed)
  const asks = async () => {
    await assert.rejects(world.admin.refreshHost({ id }), { code: 'host_unreachable' })
    const { status, last_failure, certificate_fetched_at } = await world.admin.getHost({ id })
    assert.equal(last_failure, 'Nothing listens on the agent’s port of this host.')
    return [status, certificate_fetched_at !== null]
  }
  assert.deepEqual(await asks(), ['pending', false])
  await world.status(token)
  assert.deepEqual(await asks(), ['pending', true])
})

test('a host that came for its certificate is read again soon, however long others are waited for', async () => {
  await using world = await gate({ hosts: { retry_every_seconds: 86_400 } })
  const { token, confirmed } = await world.enroll(1, { ip_address: '127.0.0.1', agent_port: 1 })
  const { id } = await world.admin.approveEnrollment(confirmed)
  const attempt = async () => (await world.stores.hosts.get(id, 'all')).attempted_at ?? undefined
  const first = await until(attempt)
  await world.status(token)
  const isAnother = (at?: string) => at !== undefined && at !== first
  assert.ok(await until(async () => isAnother(await attempt()) || undefined))
})

test('one that came back is pending while it answers with the certificate that it had', async () => {
  await using world = await fleet()
  const { host_id: id } = world.agent
  const certificate = newCertificate(1, id)
  await world.stores.certificates.add(certificate)
  assert.equal((await world.admin.refreshHost({ id })).status, 'pending')
  assert.equal(await world.stores.certificates.markFetched(certificate.cert_pem, at(1)), true)
  assert.equal(await world.stores.certificates.markFetched(certificate.cert_pem, at(2)), false)
  const { status, certificate_fetched_at } = await world.admin.refreshHost({ id })
  assert.deepEqual([status, certificate_fetched_at], ['healthy', at(1)])
})

test('a host that cannot be reached says why, and keeps what was known of it', async () => {
  await using world = await fleet()
  const { answers, host_id: id } = world.agent
  const lists_updated_at = world.now().toISOString()
  answers.listPackages = () => ({ packages: [openssl], total: 1, ...lists, lists_updated_at })
  const before = await world.admin.refreshHost({ id })
  await world.agent.leave()
  await assert.rejects(world.admin.refreshHost({ id }), {
    code: 'host_unreachable',
    message: 'Nothing listens on the agent’s port of this host.',
  })
  const after = await world.admin.getHost({ id })
  assert.deepEqual(
    [after.status, after.last_failure, after.updates.total, after.last_seen_at],
    ['unreachable', 'Nothing listens on the agent’s port of this host.', 1, before.last_seen_at],
  )
})

test('a host that is asked too often stays as it was, and its code does not travel as one of ours', async () => {
  await using world = await fleet()
  world.agent.answers.getHealth = () => {
    throw new Failure('RATE_LIMIT_EXCEEDED', 'Too many.', { details: { retry_after_seconds: 9 } })
  }
  const { status, code, headers } = await world.ask(
    'POST',
    `/api/v1/hosts/${world.agent.host_id}/refresh`,
    { headers: { authorization: `Bearer ${await world.signIn()}` }, body: '{}' },
  )
  assert.deepEqual([status, code, headers['retry-after']], [502, 'host_refused', undefined])
  const host = await world.admin.getHost({ id: world.agent.host_id })
  assert.deepEqual([host.status, host.last_failure], ['pending', null])
})

test('a host that answers rubbish is degraded, and no error of ours', async () => {
  await using world = await fleet()
  world.agent.answerInstead((request, response, next) =>
    request.path.endsWith('/system/info')
      ? void response.json({
          success: true,
          request_id: '019a0000-0000-7000-8000-000000000000',
          timestamp: world.now().toISOString(),
          data: { hostname: 1 },
          error: null,
        })
      : next(),
  )
  const { host_id: id } = world.agent
  await assert.rejects(world.admin.refreshHost({ id }), { code: 'host_refused' })
  assert.equal((await world.admin.getHost({ id })).status, 'degraded')
  assert.deepEqual(world.log.said('error'), [])
})

test('a list without end is cut off', async () => {
  await using world = await fleet()
  const lists_updated_at = world.now().toISOString()
  const packages = Array.from({ length: 1000 }, () => openssl)
  world.agent.answers.listPackages = () => ({ packages, total: 1e9, ...lists, lists_updated_at })
  await assert.rejects(world.admin.refreshHost({ id: world.agent.host_id }), {
    code: 'host_refused',
    message: 'The host names more than 20000 updates.',
  })
})

test('a host that names one at a time is not asked for ever', async () => {
  await using world = await fleet()
  const lists_updated_at = world.now().toISOString()
  world.agent.answers.listPackages = () => ({
    ...lists,
    packages: [openssl],
    total: 1e9,
    lists_updated_at,
  })
  await assert.rejects(world.admin.refreshHost({ id: world.agent.host_id }), {
    code: 'host_refused',
    message: 'The host names its updates in more than 40 answers.',
  })
})

test('a host that takes long for each answer is let go in the middle', async () => {
  await using world = await fleet()
  const { host_id, answers } = world.agent
  answers.listPatches = () => new Promise<never>(() => {})
  const deps = { ...world.stores, live: liveService(), log: world.log, now: world.now }
  const calls = agents({ identity: world.identity, isOver: () => Promise.resolve(false) })
  const { read } = hostReading({ ...deps, agents: calls, patience_ms: 3000 })
  const failure = await read(await world.stores.hosts.get(host_id, 'all'))
  await calls.close()
  assert.equal(failure?.message, 'The host answers too slowly to be read.')
  const { status, last_failure } = await world.stores.hosts.get(host_id, 'all')
  assert.deepEqual([status, last_failure], ['pending', failure?.message])
})

test('a long list is read to its end', async () => {
  await using world = await fleet()
  const lists_updated_at = world.now().toISOString()
  const all = Array.from({ length: 1500 }, () => openssl)
  world.agent.answers.listPackages = ({ offset, limit }) => ({
    packages: all.slice(offset, offset + limit),
    total: 1500,
    ...lists,
    offset,
    lists_updated_at,
  })
  const { updates } = await world.admin.refreshHost({ id: world.agent.host_id })
  assert.equal(updates.total, 1500)
})

test('all patches of a host are read, however many, and none of a list without end', async () => {
  await using world = await fleet()
  const { answers, host_id: id } = world.agent
  const all = Array.from({ length: 1500 }, (_, number) => ({ ...patch, id: `UPD-${number}` }))
  const lists_updated_at = world.now().toISOString()
  answers.listPatches = ({ offset, limit }) => ({
    patches: all.slice(offset, offset + limit),
    total: 1500,
    ...lists,
    offset,
    lists_updated_at,
  })
  const { patches } = await world.admin.refreshHost({ id })
  assert.deepEqual([patches.length, patches.at(-1)?.id], [1500, 'UPD-1499'])

  const page = all.slice(0, 1000)
  answers.listPatches = () => ({ patches: page, total: 1e9, ...lists, lists_updated_at })
  await assert.rejects(world.admin.refreshHost({ id }), {
    code: 'host_refused',
    message: 'The host names more than 20000 patches.',
  })
})

test('hosts are read by themselves, and those that did not answer again and again', async () => {
  await using world = await fleet({ settings: { hosts: { retry_every_seconds: 60 } } })
  const status = async () => (await world.stores.hosts.get(world.agent.host_id, 'all')).status
  await until(async () => ((await status()) === 'healthy' ? true : undefined))
  await world.agent.leave()
  world.pass(301_000)
  await until(async () => ((await status()) === 'unreachable' ? true : undefined))
  await world.agent.comeBack()
  world.pass(61_000)
  await until(async () => ((await status()) === 'healthy' ? true : undefined))
})
