import assert from 'node:assert/strict'
import { Failure } from '@linux-patch/shared/failure'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { done } from '../agents/answers.test.kit.ts'
import { fleet, isTaken, until } from './fleet.test.kit.ts'

test('a job is handed to its host once, followed, and recorded as the host says it ended', async () => {
  await using world = await fleet()
  const { id } = await world.patch()
  const taken = await world.part(id, ({ progress_percent }) => progress_percent === 10)
  assert.deepEqual([taken.status, taken.message], ['running', 'Unpacking.'])
  world.agent.send('job_complete', world.agent.move(done))

  const { status, progress_percent, hosts } = await world.ended(id)
  assert.deepEqual([status, progress_percent], ['completed', 100])
  const [part] = hosts
  assert.deepEqual([part?.error_code, part?.last_error, part?.reboot_required], [null, null, true])
  assert.deepEqual(part?.changes, done.result?.changes)
  assert.deepEqual(
    part?.logs.map(({ message }) => message),
    ['line 1'],
  )
  assert.equal(world.agent.dispatches(), 1)
})

test('open pages hear how the whole job stands whenever one of its hosts has moved it', async () => {
  await using world = await fleet({ hosts: 2 })
  const heard: unknown[] = []
  world.live.listen(({ type, payload }) => {
    if (type === 'job_status') heard.push(payload)
  })
  const { id } = await world.patch()
  const [one, two] = world.agents
  await until(() => heard.length > 1 || undefined)
  one!.move({ progress_percent: 60 })
  await until(() => heard.length > 2 || undefined)
  const moved = { job_id: id, status: 'running', progress_percent: 35 }
  assert.deepEqual(heard.at(-1), { ...moved, host_id: one!.host_id })
  // Whoever sees the other host alone hears it with that one's next word.
  two!.move({ message: 'Still at it.' })
  await until(() => heard.length > 3 || undefined)
  assert.deepEqual(heard.at(-1), { ...moved, host_id: two!.host_id })
})

test('it comes to its end by asking alone where no socket can be opened', async () => {
  await using world = await fleet({ socket: false })
  const { id } = await world.patch()
  await world.part(id, isTaken)
  world.agent.move(done)
  const { status, hosts } = await world.ended(id)
  assert.equal(status, 'completed')
  assert.deepEqual(
    hosts[0]?.logs.map(({ message }) => message),
    ['line 1'],
  )
})

test('each kind of job asks the host for what it says', async () => {
  await using world = await fleet()
  const packages = [{ name: 'nginx', version: '1.2' }]
  const asked: unknown[] = []
  const { answers } = world.agent
  const { applyPatches, installPackages, updatePackage, removePackage, reboot } = answers
  answers.applyPatches = (input, call) => (asked.push(input), applyPatches(input, call))
  answers.installPackages = (input, call) => (asked.push(input), installPackages(input, call))
  answers.updatePackage = (input, call) => (asked.push(input), updatePackage(input, call))
  answers.removePackage = (input, call) => (asked.push(input), removePackage(input, call))
  answers.reboot = (input, call) => (asked.push(input), reboot(input, call))
  answers.getJob = ({ job_id }) => ({ ...world.agent.jobs.get(job_id)!, ...done })

  const { host_ids } = world
  const exclude_packages = ['linux-image-amd64']
  const patches = ['DSA-1']
  const { createJob } = world.admin
  await world.ended(
    (await createJob({ kind: 'patch_apply', host_ids, patches, exclude_packages })).id,
  )
  await world.ended((await createJob({ kind: 'install', host_ids, packages })).id)
  await world.ended((await createJob({ kind: 'update', host_ids, packages })).id)
  const removal = { kind: 'remove' as const, packages: [{ name: 'nginx' }], purge: true }
  await world.ended((await createJob({ ...removal, host_ids })).id)
  await world.ended((await createJob({ kind: 'reboot', host_ids, notes: 'A kernel.' })).id)
  const usual = { force: false, no_recommends: false, allow_downgrade: false }
  assert.deepEqual(asked, [
    { patches, options: { exclude_packages, reboot: false, reboot_delay_minutes: 0 } },
    { packages, options: usual },
    { name: 'nginx', version: '1.2', options: usual },
    { name: 'nginx', purge: true, force: false },
    { delay_seconds: 0, force: false, acknowledge_corruption_risk: false, reason: 'A kernel.' },
  ])
})

test('a job that is bound to previews asks each host for its own', async () => {
  await using world = await fleet({ hosts: 2 })
  const digest = `sha256:${'a'.repeat(64)}`
  const asked: unknown[] = []
  for (const { answers, jobs } of world.agents) {
    const { applyPatches } = answers
    answers.applyPatches = (input, call) => {
      asked.push(input.expected_digest)
      if (input.expected_digest === undefined) return applyPatches(input, call)
      throw new Failure('PLAN_DRIFT', 'It is not the expected one any more; added: libfoo.')
    }
    answers.getJob = ({ job_id }) => ({ ...jobs.get(job_id)!, ...done })
  }
  const { host_ids } = world
  const [one = ''] = host_ids
  const expected_digests = { [one]: digest }
  const { id } = await world.admin.createJob({ kind: 'patch_apply', host_ids, expected_digests })
  const { status, hosts } = await world.ended(id)
  assert.deepEqual(new Set(asked), new Set([digest, undefined]))
  assert.equal(status, 'partial')
  assert.deepEqual(
    hosts.map((part) => [part.status, part.error_code, part.last_error]),
    [
      ['failed', 'PLAN_DRIFT', 'It is not the expected one any more; added: libfoo.'],
      ['completed', null, null],
    ],
  )
})

test('one host that fails and one that does not make the job partial', async () => {
  await using world = await fleet({ hosts: 2 })
  const [one, two] = world.agents
  const { id } = await world.patch()
  await world.part(id, isTaken)
  const error = { code: 'PKG_DEPENDENCY_ERROR', message: 'It needs libfoo.' }
  const result = { ...done.result!, success: false, error }
  one!.answers.getJob = ({ job_id }) => ({
    ...one!.jobs.get(job_id)!,
    ...done,
    status: 'failed',
    result,
  })
  two!.answers.getJob = ({ job_id }) => ({ ...two!.jobs.get(job_id)!, ...done })
  const { status, hosts } = await world.ended(id)
  assert.equal(status, 'partial')
  const ends = hosts.map((part) => [part.host_name, part.status, part.error_code, part.last_error])
  assert.deepEqual(ends, [
    ['web-1.example', 'failed', 'PKG_DEPENDENCY_ERROR', 'It needs libfoo.'],
    ['web-2.example', 'completed', null, null],
  ])
})

for (const [said, recorded] of [
  ['timeout', 'timeout'],
  ['cancelled', 'cancelled'],
] as const)
  test(`a job that the host calls ${said} is ${recorded} here`, async () => {
    await using world = await fleet()
    const { id } = await world.patch()
    await world.part(id, isTaken)
    world.agent.send('job_complete', world.agent.move({ ...done, status: said }))
    assert.equal((await world.ended(id)).status, recorded)
  })

test('after the job the host is read again, also where a reading was under way', async () => {
  await using world = await fleet()
  const { getSystemInfo } = world.agent.answers
  let isPatched = false
  const before = Promise.withResolvers<void>()
  world.agent.answers.getSystemInfo = async (input, call) => {
    const pending_reboot = isPatched
    if (!isPatched) await before.promise
    return { ...(await getSystemInfo(input, call)), pending_reboot }
  }
  const early = world.admin.refreshHost({ id: world.agent.host_id })
  const { id } = await world.patch()
  await world.part(id, isTaken)
  await until(() => world.agent.asked.find((line) => line === 'GET /system/info'))
  isPatched = true
  world.agent.send('job_complete', world.agent.move(done))
  await world.ended(id)
  before.resolve()
  assert.equal((await early).pending_reboot, false)
  await until(async () =>
    (await world.stores.hosts.get(world.agent.host_id, 'all')).pending_reboot ? true : undefined,
  )
})

test('a host that cannot be written down after its job is complained of, however late', async () => {
  await using world = await fleet()
  const { getSystemInfo } = world.agent.answers
  world.agent.answers.getSystemInfo = async (input, call) => {
    await wait(2500) // By then it was noticed that the part has no owner any more.
    return getSystemInfo(input, call)
  }
  world.run(`create trigger full before update on host when new.read_at is not null
    begin select raise(abort, 'the disk is full'); end`)
  const { id } = await world.patch()
  await world.part(id, isTaken)
  world.agent.send('job_complete', world.agent.move(done))
  assert.equal((await world.ended(id)).status, 'completed')
  const [complaint] = await until(() => {
    const said = world.log.said('error').filter((line) => line.includes('to its end'))
    return said.length > 0 ? said : undefined
  })
  assert.match(complaint ?? '', /the disk is full/)
})

test('no more parts are driven at once than allowed, and the rest have their turn', async () => {
  await using world = await fleet({ hosts: 4, settings: { jobs: { concurrent: 2 } } })
  const { id } = await world.patch()
  await world.part(id, isTaken)
  const busy = () => world.agents.filter(({ jobs }) => jobs.size > 0)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  assert.equal(busy().length, 2)
  for (const { answers, jobs } of world.agents)
    answers.getJob = ({ job_id }) => ({ ...jobs.get(job_id)!, ...done })
  for (const agent of busy()) agent.send('job_complete', agent.move(done))
  assert.equal((await world.ended(id)).status, 'completed')
  for (const agent of world.agents) assert.equal(agent.dispatches(), 1)
})

test('two jobs on one host are done one after the other', async () => {
  await using world = await fleet()
  const [first, second] = [await world.patch(), await world.patch()]
  await world.part(first.id, isTaken)
  await new Promise((resolve) => setTimeout(resolve, 1200))
  assert.equal(world.agent.jobs.size, 1)
  const { jobs, answers } = world.agent
  answers.getJob = ({ job_id }) => ({ ...jobs.get(job_id)!, ...done })
  world.agent.send('job_complete', world.agent.move(done))
  await world.ended(second.id)
  assert.equal(world.agent.dispatches(), 2)
})
