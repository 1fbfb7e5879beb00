import assert from 'node:assert/strict'
import type { NewJob } from '@linux-patch/shared/job'
import { test } from 'node:test'
import type { z } from 'zod'
import { newHost } from '../../db/samples.test.kit.ts'
import { manager } from '../../start/manager.test.kit.ts'

/** A manager with two hosts that nobody can reach, and its administrator. */
async function two() {
  const world = await manager()
  const host_ids: string[] = []
  for (const number of [1, 2]) {
    const nowhere = { ip_address: '127.0.0.1', agent_port: 1 }
    host_ids.push((await world.stores.hosts.add({ ...newHost(number), ...nowhere })).id)
  }
  return { ...world, host_ids, admin: world.as(await world.signIn()) }
}

type Wanted = z.input<typeof NewJob>
const nginx = [{ name: 'nginx' }]
const misfits: [Omit<Wanted, 'host_ids'>, string][] = [
  [{ kind: 'patch_apply', packages: nginx }, 'patch_apply takes patches, not packages.'],
  [
    { kind: 'install', packages: nginx, patches: ['DSA-1'] },
    'install takes no patches; patches and exclusions belong to patch_apply.',
  ],
  [
    { kind: 'update', packages: nginx, exclude_packages: ['vim'] },
    'update takes no patches; patches and exclusions belong to patch_apply.',
  ],
  [{ kind: 'install' }, 'install needs at least one package.'],
  [{ kind: 'update' }, 'update takes exactly one package.'],
  [{ kind: 'update', packages: [...nginx, ...nginx] }, 'update takes exactly one package.'],
  [{ kind: 'remove' }, 'remove takes exactly one package.'],
  [
    { kind: 'remove', packages: [{ name: 'nginx', version: '1.2' }] },
    'remove takes the version that is installed; name none.',
  ],
  [{ kind: 'reboot', packages: nginx }, 'reboot takes no packages.'],
  [
    { kind: 'update', packages: nginx, purge: true },
    'update purges nothing; that belongs to remove.',
  ],
]
for (const [wanted, message] of misfits)
  test(`${JSON.stringify(wanted)} is refused: ${message}`, async () => {
    await using world = await two()
    const job = world.admin.createJob({ ...wanted, host_ids: world.host_ids })
    await assert.rejects(job, { code: 'invalid_request', message })
    assert.equal((await world.admin.listJobs()).total, 0)
  })

test('what could be an option, an expression or a path is the name of no package', async () => {
  await using world = await two()
  const { host_ids } = world
  for (const name of ['--force-yes', 'vim-', '?essential', '../x', 'a b', 'vim;id', ''])
    await assert.rejects(
      world.admin.createJob({ kind: 'install', host_ids, packages: [{ name }] }),
      { code: 'invalid_request' },
      name,
    )
})

test('a host is named once, is known, is managed, and there is at least one', async () => {
  await using world = await two()
  const patch = (host_ids: string[]) => world.admin.createJob({ kind: 'patch_apply', host_ids })
  const [one = '', other = ''] = world.host_ids
  const nobody = '019a0000-0000-7000-8000-000000000000'
  await assert.rejects(patch([one, one]), {
    code: 'invalid_request',
    message: 'A host is named twice.',
  })
  await assert.rejects(patch([one, one.toUpperCase()]), { code: 'not_found' })
  await assert.rejects(patch([]), { code: 'invalid_request' })
  await assert.rejects(patch([one, nobody]), {
    code: 'not_found',
    message: `There is no such host: ${nobody}.`,
  })
  await world.stores.hosts.retire(other, 'Gone.', world.now().toISOString())
  await assert.rejects(patch([one, other]), { code: 'not_found' })
  assert.equal((await world.admin.listJobs()).total, 0)
})

test('a digest for a host that has no part in the job is refused, and so is what is no digest', async () => {
  await using world = await two()
  const [one = '', other = ''] = world.host_ids
  const bound = (expected_digests: Record<string, string>) =>
    world.admin.createJob({ kind: 'patch_apply', host_ids: [one], expected_digests })
  await assert.rejects(bound({ [other]: `sha256:${'0'.repeat(64)}` }), {
    code: 'invalid_request',
    message: `There is a digest for a host that the job is not for: ${other}.`,
  })
  const expected_digests = { [one]: `sha256:${'0'.repeat(64)}` }
  const reboot = { kind: 'reboot' as const, host_ids: [one], expected_digests }
  await assert.rejects(world.admin.createJob(reboot), {
    message: 'reboot has no preview that it could be bound to.',
  })
  await assert.rejects(bound({ [one]: 'sha256:0' }), { code: 'invalid_request' })
  assert.equal((await world.admin.listJobs()).total, 0)
})

test('the same key sent many times at once starts one job', async () => {
  await using world = await two()
  const { host_ids } = world
  const create = () =>
    world.admin.createJob({ kind: 'patch_apply', host_ids }, { idempotency_key: 'once' })
  const jobs = await Promise.all(Array.from({ length: 10 }, create))
  assert.equal(new Set(jobs.map(({ id }) => id)).size, 1)
  assert.equal((await world.admin.listJobs()).total, 1)
  const entries = await world.stores.audit.list({ limit: 100, offset: 0 })
  assert.equal(entries.filter(({ action }) => action === 'job_create').length, 1)
})

test('the same key for another request is refused, and names the job it made', async () => {
  await using world = await two()
  const { host_ids, admin } = world
  const key = { idempotency_key: 'once' }
  const { id } = await admin.createJob({ kind: 'patch_apply', host_ids }, key)
  const other = admin.createJob({ kind: 'patch_apply', host_ids, notes: 'Other.' }, key)
  await assert.rejects(other, (error: Record<string, unknown>) => {
    const { job_id } = error['details'] as Record<string, unknown>
    assert.deepEqual([error['code'], job_id], ['idempotency_conflict', id])
    return true
  })
})

test('the same key of another person is another key', async () => {
  await using world = await two()
  const second = await world.person('admin')
  const create = (as: typeof world.admin) =>
    as.createJob({ kind: 'patch_apply', host_ids: world.host_ids }, { idempotency_key: 'once' })
  const [mine, theirs] = [await create(world.admin), await create(world.as(second.token))]
  assert.notEqual(mine.id, theirs.id)
  assert.deepEqual([mine.created_by, theirs.created_by], ['admin', second.username])
})

test('a key that is empty, too long or oddly spelt is refused', async () => {
  await using world = await two()
  const body = JSON.stringify({ kind: 'patch_apply', host_ids: world.host_ids })
  const authorization = `Bearer ${await world.signIn()}`
  for (const key of ['', 'a b', 'x'.repeat(129), 'é'.repeat(2)]) {
    const headers = { authorization, 'idempotency-key': Buffer.from(key).toString('latin1') }
    assert.equal((await world.ask('POST', '/api/v1/jobs', { headers, body })).status, 400, key)
  }
})

test('a job is answered with where it can be watched, and is on record', async () => {
  await using world = await two()
  const body = JSON.stringify({ kind: 'patch_apply', host_ids: world.host_ids })
  const headers = { authorization: `Bearer ${await world.signIn()}` }
  const answer = await world.ask('POST', '/api/v1/jobs', { headers, body })
  const { id, status, host_names } = JSON.parse(answer.body)
  assert.deepEqual(
    [answer.status, answer.headers['location'], status],
    [202, `/api/v1/jobs/${id}`, 'queued'],
  )
  assert.deepEqual(host_names, ['web-1.example', 'web-2.example'])
  const entry = (await world.stores.audit.list({ limit: 100, offset: 0 })).at(-1)
  assert.deepEqual(
    [entry?.action, entry?.target_id, entry?.actor_name, entry?.request_id],
    ['job_create', id, 'admin', answer.headers['x-request-id']],
  )
})

test('jobs are listed newest first, by host and by status', async () => {
  await using world = await two()
  const [one = '', other = ''] = world.host_ids
  const first = await world.admin.createJob({ kind: 'patch_apply', host_ids: [one] })
  const second = await world.admin.createJob({ kind: 'patch_apply', host_ids: [other] })
  const ids = async (input: Parameters<typeof world.admin.listJobs>[0]) =>
    (await world.admin.listJobs(input)).jobs.map(({ id }) => id)
  assert.deepEqual(await ids({}), [second.id, first.id])
  assert.deepEqual(await ids({ order: 'asc', limit: 1 }), [first.id])
  assert.deepEqual(await ids({ host_id: one }), [first.id])
  assert.deepEqual(await ids({ status: 'completed' }), [])
  await assert.rejects(world.admin.getJob({ id: one }), { code: 'not_found' })
})
