import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { Failure } from '@linux-patch/shared/failure'
import { test } from 'node:test'
import { transaction } from '../../agents/answers.test.kit.ts'
import { agents } from '../../agents/connect.ts'
import { fleet } from '../../orchestration/fleet.test.kit.ts'
import { jobPreview } from './job-preview.ts'
import { somebody } from '../people/person.test.kit.ts'

const nobody = '019a0000-0000-7000-8000-000000000000'

test('what could not be a job has no preview, and no host is asked', async () => {
  await using world = await fleet()
  const { host_ids } = world
  const { previewJob } = world.admin
  await assert.rejects(previewJob({ kind: 'install', host_ids }), { code: 'invalid_request' })
  await assert.rejects(previewJob({ kind: 'patch_apply', host_ids: [...host_ids, nobody] }), {
    code: 'not_found',
    message: `There is no such host: ${nobody}.`,
  })
  assert.deepEqual(world.agent.asked, [])
})

test('a host that refuses, one that is away and one that lies are shown with the reason', async () => {
  await using world = await fleet({ hosts: 4 })
  const [one, two, three] = world.agents
  one!.answers.previewPatches = () => {
    throw new Failure('RATE_LIMIT_EXCEEDED', 'More than 5 requests a minute.', {
      details: { retry_after_seconds: 7 },
    })
  }
  await two!.leave()
  three!.answerInstead((_request, response) => void response.json({ success: 'perhaps' }))
  const { hosts } = await world.admin.previewJob({ kind: 'patch_apply', host_ids: world.host_ids })
  assert.deepEqual(
    hosts.map(({ host_name, error }) => [host_name, error?.code]),
    [
      ['web-1.example', 'RATE_LIMIT_EXCEEDED'],
      ['web-2.example', 'host_unreachable'],
      ['web-3.example', 'host_refused'],
      ['web-4.example', undefined],
    ],
  )
  assert.equal(hosts[0]?.error?.message, 'More than 5 requests a minute. Ask again in 7 seconds.')
  assert.deepEqual(
    hosts.map((host) => host.transaction?.digest),
    [undefined, undefined, undefined, transaction.digest],
  )
})

test('a host that takes too long is shown as such, and those after it are', async () => {
  await using world = await fleet({ hosts: 2 })
  world.agent.answerInstead(() => {})
  const calls = agents({ identity: world.identity, isOver: () => Promise.resolve(false) })
  const preview = jobPreview({ ...world.stores, agents: calls, patience_ms: 5000 })
  const draft = { packages: [], patches: [], exclude_packages: [], notes: '' }
  const { hosts } = await preview(
    { kind: 'patch_apply', host_ids: world.host_ids, ...draft },
    {
      caller: somebody(),
    },
  )
  await calls.close()
  assert.deepEqual(
    hosts.map(({ error }) => error?.message),
    ['The host did not answer in time; look at a preview of fewer hosts.', undefined],
  )
})

test('hosts are let go when nobody waits for the preview any more', async () => {
  await using world = await fleet()
  const asked = Promise.withResolvers<void>()
  const letGo = Promise.withResolvers<void>()
  world.agent.answerInstead((_request, response) => {
    asked.resolve()
    response.on('close', letGo.resolve)
  })
  const leave = new AbortController()
  const draft = { kind: 'patch_apply' as const, host_ids: world.host_ids }
  const preview = world.admin.previewJob(draft, { signal: leave.signal })
  await asked.promise
  const start = Date.now()
  leave.abort(new Error('Never mind.'))
  await assert.rejects(preview, { message: 'Never mind.' })
  await letGo.promise
  assert.ok(Date.now() - start < 10_000) // A silent host is waited for 20 seconds.
})

test('each kind of job asks for its own transaction, which is answered as it is', async () => {
  await using world = await fleet()
  const { answers } = world.agent
  const asked: unknown[] = []
  answers.previewPatches = (input) => (asked.push(input), transaction)
  answers.previewInstall = (input) => (asked.push(input), transaction)
  answers.previewUpdate = (input) => (asked.push(input), transaction)
  const packages = [{ name: 'nginx', version: '1.2' }]
  const patching = { patches: ['DSA-1'], exclude_packages: ['vim'] }
  const { host_ids } = world
  const { previewJob } = world.admin
  const { hosts } = await previewJob({ kind: 'patch_apply', host_ids, ...patching })
  await previewJob({ kind: 'install', host_ids, packages })
  await previewJob({ kind: 'update', host_ids, packages })

  assert.deepEqual(hosts, [
    { host_id: host_ids[0], host_name: 'web-1.example', transaction, error: null },
  ])
  const usual = { force: false, no_recommends: false, allow_downgrade: false }
  assert.deepEqual(asked, [
    {
      patches: ['DSA-1'],
      options: { exclude_packages: ['vim'], reboot: false, reboot_delay_minutes: 0 },
    },
    { packages, options: usual },
    { name: 'nginx', version: '1.2', options: usual },
  ])
  assert.equal(world.agent.jobs.size, 0)
})

test('of many hosts 32 are asked at a time, and all of them in the end', async () => {
  await using world = await fleet({ hosts: 34 })
  let busy = 0
  let most = 0
  for (const { answers } of world.agents)
    answers.previewPatches = async () => {
      most = Math.max(most, ++busy)
      await wait(100)
      busy--
      return transaction
    }
  const { hosts } = await world.admin.previewJob({ kind: 'patch_apply', host_ids: world.host_ids })
  assert.equal(hosts.filter((host) => host.transaction !== null).length, 34)
  assert.ok(most > 4 && most <= 32, `${most} at once`)
})
