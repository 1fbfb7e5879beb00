import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { agentApi, type AgentApi } from '@linux-patch/shared/agent-api'
import { hostOperations, type HostOperation } from '@linux-patch/shared/permissions'
import type { RateClass } from '../config.ts'
import { inputs } from './inputs.test.kit.ts'
import { get, JOB_ID, knock, world } from './world.test.kit.ts'

const names = Object.keys(agentApi) as (keyof AgentApi)[]
const placeOf = (name: keyof AgentApi) => {
  const [method = '', path = ''] = inputs[name].ask.split(' ')
  return { method, path: `/api/v1${path}`, body: inputs[name].body }
}

/** What each endpoint counts as, and what the host must allow for it: as the contract has it. */
const kinds: Record<keyof AgentApi, [RateClass, HostOperation]> = {
  getHealth: ['health', 'read'],
  getMetrics: ['health', 'read'],
  getSystemInfo: ['system', 'read'],
  listOutdatedServices: ['system', 'read'],
  getService: ['system', 'read'],
  reloadConfig: ['health', 'read'],
  reboot: ['system', 'reboot'],
  listPackages: ['package_list', 'read'],
  getPackage: ['package_list', 'read'],
  previewInstall: ['package_operations', 'read'],
  previewUpdate: ['package_operations', 'read'],
  installPackages: ['package_operations', 'install'],
  updatePackage: ['package_operations', 'patch'],
  refreshPackages: ['package_operations', 'patch'],
  removePackage: ['package_operations', 'remove'],
  listPatches: ['patch_operations', 'read'],
  previewPatches: ['patch_operations', 'read'],
  applyPatches: ['patch_operations', 'patch'],
  listJobs: ['job_operations', 'read'],
  getJob: ['job_operations', 'read'],
  rollbackJob: ['job_operations', 'patch'],
  deleteJob: ['job_operations', 'patch'],
}
const most: Record<RateClass, number> = {
  health: 60,
  package_list: 30,
  package_operations: 10,
  patch_operations: 5,
  job_operations: 60,
  system: 5,
}

for (const operation of hostOperations)
  test(`a host that does not allow ${operation} refuses what needs it, and nothing else`, async () => {
    const operations = hostOperations.filter((one) => one !== operation)
    await using agent = await world({ operations })
    await using pool = agent.pool()
    for (const name of names) {
      const { method, path, body } = placeOf(name)
      const { status, body: answer } = await pool.ask(method, path, body)
      const needsIt = kinds[name][1] === operation
      assert.equal(status === 403, needsIt, `${method} ${path}: ${status}`)
      if (!needsIt) continue
      assert.deepEqual(
        [answer.error?.code, answer.error?.details, answer.error?.retryable],
        ['AUTHZ_OPERATION_DENIED', { operation }, false],
      )
      assert.equal(agent.asked.includes(name), false)
      assert.ok(agent.counted.includes('AUTHZ_OPERATION_DENIED'))
    }
  })

test('every operation is allowed where nobody says otherwise', async () => {
  await using agent = await world({ limits: { ...most, system: 100, patch_operations: 100 } })
  await using pool = agent.pool()
  for (const name of names) {
    const { method, path, body } = placeOf(name)
    await pool.ask(method, path, body)
  }
  assert.deepEqual(agent.asked.toSorted(), names.toSorted())
})

for (const name of names)
  test(`${inputs[name].ask} counts as ${kinds[name][0]}, so many a minute and no more`, async () => {
    await using agent = await world()
    await using pool = agent.pool()
    const { method, path, body } = placeOf(name)
    for (let count = 0; count < most[kinds[name][0]]; count += 1)
      assert.equal((await pool.ask(method, path, body)).status, 404)
    const { status, headers, body: answer } = await pool.ask(method, path, body)
    assert.deepEqual(
      [status, answer.error?.code, answer.error?.details.class],
      [429, 'RATE_LIMIT_EXCEEDED', kinds[name][0]],
    )
    assert.equal(headers['retry-after'], String(answer.error?.details.retry_after_seconds))
    assert.equal(headers['x-request-id'], answer.request_id)
  })

const agent = await world({ limits: { health: 1e5, package_list: 1e5, system: 1e5 } })
const pool = agent.pool()
after(async () => {
  await pool[Symbol.asyncDispose]()
  await agent[Symbol.asyncDispose]()
})

const allowed: Record<string, string> = {
  '/health': 'GET',
  '/metrics': 'GET',
  '/api/v1/health': 'GET',
  '/api/v1/metrics': 'GET',
  '/api/v1/system/info': 'GET',
  '/api/v1/system/services': 'GET',
  '/api/v1/system/services/cron': 'GET',
  '/api/v1/system/config/reload': 'POST',
  '/api/v1/system/reboot': 'POST',
  '/api/v1/packages': 'GET, POST',
  '/api/v1/packages/nginx': 'GET, PUT, DELETE',
  '/api/v1/packages/nginx/preview': 'POST',
  '/api/v1/patches': 'GET',
  '/api/v1/patches/apply': 'POST',
  '/api/v1/patches/preview': 'POST',
  '/api/v1/jobs': 'GET',
  [`/api/v1/jobs/${JOB_ID}`]: 'GET, DELETE',
  [`/api/v1/jobs/${JOB_ID}/rollback`]: 'POST',
}
for (const [path, methods] of Object.entries(allowed))
  test(`${path} answers ${methods}, and names them to whoever tries another`, async () => {
    for (const method of ['PATCH', 'OPTIONS', 'PUT', 'DELETE', 'POST']) {
      if (methods.includes(method)) continue
      const { status, headers, body } = await pool.ask(method, path)
      assert.deepEqual([status, body.error?.code, headers.allow], [405, 'INVALID_REQUEST', methods])
      assert.equal(body.error?.details.reason, 'method_not_allowed')
      assert.equal(headers['x-request-id'], body.request_id)
      assert.equal(headers['access-control-allow-origin'], undefined)
    }
  })

test('HEAD is GET without a body', async () => {
  const { cert, key } = agent.caller
  for (const path of ['/health', '/api/v1/system/info', '/api/v1/packages']) {
    const asked = get(path)
    const [whole, head] = [
      await knock(agent.port, { cert, key }, asked),
      await knock(agent.port, { cert, key }, asked.replace('GET', 'HEAD')),
    ]
    const [headers = '', body = ''] = head.text.split('\r\n\r\n')
    assert.equal(body, '')
    assert.equal(headers.split('\r\n')[0], whole.text.split('\r\n')[0])
    assert.match(headers, /X-Request-Id: /i)
  }
})

test('an unknown route has a request id too', async () => {
  const { status, headers, body } = await pool.ask('GET', '/api/v2/jobs')
  assert.deepEqual([status, headers['x-request-id']], [404, body.request_id])
})

test('requests are counted by the route of the contract, and unknown ones as one', async () => {
  agent.counted.length = 0
  await pool.ask('GET', '/api/v1/packages/nginx')
  await pool.ask('GET', '/api/v1/nothing/here')
  await pool.ask('PATCH', '/api/v1/packages/nginx')
  assert.deepEqual(
    agent.counted.filter((one) => one.includes(' ')),
    ['GET /api/v1/packages/:name 404', 'GET other 404', 'PATCH /api/v1/packages/:name 405'],
  )
})
