import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, ended, testAgent, until, wanting } from './agent.test.kit.ts'
import { testHost } from './host.test.kit.ts'

const messages = (logs: { message: string }[]) => logs.map(({ message }) => message)
const all = {
  patches: [],
  options: { reboot: false as const, reboot_delay_minutes: 0 as const, exclude_packages: [] },
}

test('a job without room on the disk fails before it downloads', async () => {
  using host = testHost()
  host.free_bytes = 1000
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.applyPatches(all, call())
  await ended(agent, job_id)
  const { result } = agent.jobs.get({ job_id })
  assert.equal(result?.error?.code, 'PATCH_APPLY_ERROR')
  assert.match(result?.error?.message ?? '', /not enough room in \//)
  assert.deepEqual(host.units, [])
})

test('a job waits, still pending, for another program that holds the lock, and names it', async () => {
  using host = testHost()
  host.lock = 'unattended-upgr (pid 123)'
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  const waiting = 'waiting for unattended-upgr (pid 123)'
  await until('it waits', () => agent.store.get(job_id).message === waiting)
  assert.equal(agent.store.get(job_id).status, 'pending')

  host.lock = null
  await ended(agent, job_id)
  const { status, logs } = agent.jobs.get({ job_id })
  assert.equal(status, 'completed')
  assert.equal(messages(logs).filter((message) => message === waiting).length, 1)
})

test('a damaged host is repaired first, by units of their own', async () => {
  using host = testHost()
  host.damage = { interrupted: true, broken_packages: ['curl'] }
  host.phases.set('repair-1', (unit) => {
    host.damage = { interrupted: false, broken_packages: [] }
    host.end(unit)
  })
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(
    host.units.map(({ phase }) => phase),
    ['repair-1', 'download', 'install'],
  )
  const { logs } = agent.jobs.get({ job_id })
  assert.match(
    messages(logs)[0] ?? '',
    /needs repair \(a transaction was interrupted, broken are curl/,
  )
})

test('a job that finds nothing to do repairs what is broken all the same', async () => {
  using host = testHost()
  host.available = new Map([...host.installed].map(([name, { version }]) => [name, version]))
  host.damage = { interrupted: false, broken_packages: ['curl'] }
  host.phases.set('repair-1', (unit) => {
    host.damage = { interrupted: false, broken_packages: [] }
    host.end(unit)
  })
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.applyPatches(all, call())
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(
    host.units.map(({ phase }) => phase),
    ['repair-1'],
  )
})

test('what a repair cannot mend does not keep the job from trying', async () => {
  using host = testHost()
  host.damage = { interrupted: false, broken_packages: ['curl'] }
  host.installed.set('curl', { version: '7.88.0', state: 'broken' })
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await ended(agent, job_id)
  // curl was broken before: that is not what this job did.
  assert.equal(agent.store.get(job_id).status, 'completed')
  assert.deepEqual(
    host.units.map(({ phase }) => phase),
    ['repair-1', 'repair-2', 'download', 'install'],
  )
})

test('a plan that fails later fails the job with its own code', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  host.lock = 'apt-get (pid 7)'
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  host.planFailure = Object.assign(new Error('a bug'), {})
  host.lock = null
  await ended(agent, job_id)
  const { status, result } = agent.jobs.get({ job_id })
  assert.equal(status, 'failed')
  assert.match(result?.error?.message ?? '', /fault of its own/)

  // The next one is not touched by it.
  host.planFailure = null
  const next = await agent.jobs.install(wanting('nginx'), call())
  await ended(agent, next.job_id)
  assert.equal(agent.store.get(next.job_id).status, 'completed')
})
