import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { call, ended, options, testAgent, wanting } from './agent.test.kit.ts'
import { testHost } from './host.test.kit.ts'

const patchOptions = {
  reboot: false as const,
  reboot_delay_minutes: 0 as const,
  exclude_packages: [] as string[],
}
const page = { sort: 'created_at' as const, order: 'desc' as const, limit: 100, offset: 0 }

test('a name that no archive has is refused, and no job remembers it', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  await assert.rejects(agent.jobs.install(wanting('nosuch'), call()), { code: 'PKG_NOT_FOUND' })
  const old = { packages: [{ name: 'nginx', version: '0.1' }], options }
  await assert.rejects(agent.jobs.install(old, call()), { code: 'PKG_VERSION_CONFLICT' })
  assert.equal(agent.jobs.list(page).total, 0)
})

test('a plan that fails at once refuses the request', async () => {
  using host = testHost()
  host.planFailure = new Failure('PKG_DEPENDENCY_ERROR', 'nginx needs what nobody has')
  await using agent = testAgent(host)
  const refused = { code: 'PKG_DEPENDENCY_ERROR' }
  await assert.rejects(agent.jobs.install(wanting('nginx'), call()), refused)
})

test('on a damaged host a plan that fails is left to the job, which repairs first', async () => {
  using host = testHost()
  host.planFailure = new Failure('PKG_DEPENDENCY_ERROR', 'Unmet dependencies')
  host.damage = { interrupted: false, broken_packages: ['curl'] }
  host.phases.set('repair-1', (unit) => {
    host.damage = { interrupted: false, broken_packages: [] }
    host.planFailure = null
    host.end(unit)
  })
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await ended(agent, job_id)
  assert.equal(agent.store.get(job_id).status, 'completed')
})

test('the same request with the same key answers the same job, even when its work is done', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const first = await agent.jobs.install(wanting('nginx'), call('key-1'))
  await ended(agent, first.job_id)
  host.available.delete('nginx') // it would not resolve any more
  const again = await agent.jobs.install(wanting('nginx'), call('key-1'))
  assert.deepEqual(again, { ...first, status: 'completed' })
  assert.equal(agent.jobs.list(page).total, 1)
})

test('of two that send the same key at once, both get the one job', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const [first, second] = await Promise.all([
    agent.jobs.install(wanting('nginx'), call('key-1')),
    agent.jobs.install(wanting('nginx'), call('key-1')),
  ])
  assert.equal(first.job_id, second.job_id)
  assert.equal(agent.jobs.list(page).total, 1)
})

test('a key cannot be used for another request, and another caller may have the same key', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  await agent.jobs.install(wanting('nginx'), call('key-1'))
  await assert.rejects(agent.jobs.install(wanting('curl'), call('key-1')), (error: Failure) => {
    assert.equal(error.code, 'JOB_CONFLICT')
    assert.equal(error.details['reason'], 'idempotency_key_reused')
    return true
  })
  await agent.jobs.install(wanting('curl'), call('key-1', 'urn:lpm:operator:eve'))
  assert.equal(agent.jobs.list(page).total, 2)
})

test('an update answers the version that it goes for', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const input = { name: 'openssl', version: null, options }
  const answer = await agent.jobs.update(input, call())
  assert.equal(answer.operation, 'update')
  assert.equal(answer.package, 'openssl')
  assert.equal(answer.target_version, '3.0.22')
})

test('patches: all that are available, without the packages that are excluded', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const excluding = { ...patchOptions, exclude_packages: ['curl'] }
  const answer = await agent.jobs.applyPatches({ patches: [], options: excluding }, call())
  assert.equal(answer.patches_count, 1)
  assert.equal(answer.requires_reboot, true)
  assert.equal(answer.auto_reboot, false)
  await ended(agent, answer.job_id)
  assert.deepEqual(agent.jobs.get(answer).packages, ['openssl'])
})

test('a patch that is not available is refused by name', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const patches = ['SEC-openssl-3.0.22', 'SEC-none-1']
  const asked = agent.jobs.applyPatches({ patches, options: patchOptions }, call())
  await assert.rejects(asked, (error: Failure) => {
    assert.equal(error.code, 'PATCH_NOT_FOUND')
    assert.deepEqual(error.details['patches'], ['SEC-none-1'])
    return true
  })
})

test('patches of a host without package lists are unknown, and not none', async () => {
  using host = testHost()
  host.lists_updated_at = null
  await using agent = testAgent(host)
  for (const patches of [[], ['SEC-openssl-3.0.22']])
    await assert.rejects(agent.jobs.applyPatches({ patches, options: patchOptions }, call()), {
      code: 'PKG_MANAGER_ERROR',
      message: /^This host has no package lists: /,
    })
  assert.equal(agent.jobs.list(page).total, 0)
})

test('one package with two versions in one request is refused', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  for (const versions of [
    ['1.22.1', '1.22.0'],
    [null, '1.22.1'],
    ['1.22.1', null],
  ]) {
    const packages = versions.map((version) => ({ name: 'nginx', version }))
    await assert.rejects(agent.jobs.install({ packages, options }, call()), {
      code: 'INVALID_REQUEST',
      message: /nginx is named twice/,
    })
  }
  await agent.jobs.install(wanting('nginx', 'nginx'), call())
})

test('a package is excluded by its name with its own architecture too', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  for (const name of ['openssl:amd64', 'openssl:native', 'openssl:all']) {
    const asked = {
      patches: [],
      options: { ...patchOptions, exclude_packages: [name, 'no:amd64'] },
    }
    const { job_id, patches_count } = await agent.jobs.applyPatches(asked, call())
    assert.equal(patches_count, 1, name)
    assert.deepEqual(agent.store.get(job_id).request?.exclude_packages, ['openssl', 'no'])
    await ended(agent, job_id)
    host.installed.set('curl', { version: '7.88.0', state: 'installed' })
  }
  const foreign = { ...patchOptions, exclude_packages: ['openssl:i386'] }
  const { patches_count } = await agent.jobs.applyPatches({ patches: [], options: foreign }, call())
  assert.equal(patches_count, 2)
})

test('all patches of a host that has none is a job that had nothing to do', async () => {
  using host = testHost()
  host.available.set('openssl', '3.0.19').set('curl', '7.88.0')
  await using agent = testAgent(host)
  const answer = await agent.jobs.applyPatches({ patches: [], options: patchOptions }, call())
  assert.equal(answer.patches_count, 0)
  await ended(agent, answer.job_id)
  const job = agent.jobs.get(answer)
  assert.equal(job.status, 'completed')
  assert.equal(job.message, 'There was nothing to do.')
  assert.deepEqual(job.result?.changes, [])
  assert.deepEqual(host.units, [])
})

test('a job that is not there is not found', async () => {
  using host = testHost()
  await using agent = testAgent(host)
  const job_id = '00000000-0000-4000-8000-000000000000'
  assert.throws(() => agent.jobs.get({ job_id }), { code: 'JOB_NOT_FOUND' })
})
