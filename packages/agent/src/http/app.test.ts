import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { MANAGER } from '../pki/authority.test.kit.ts'
import { JOB_ID, job, world } from './world.test.kit.ts'

const APPLY = '/api/v1/patches/apply'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

test('every answer is an envelope with a request id of its own', async () => {
  await using agent = await world({ handlers: { getJob: () => job } })
  await using pool = agent.pool()
  const { status, body, headers } = await pool.ask('GET', `/api/v1/jobs/${JOB_ID}`)
  assert.equal(status, 200)
  assert.deepEqual([body.success, body.data, body.error], [true, job, null])
  assert.match(body.request_id, UUID)
  assert.equal(headers['x-request-id'], body.request_id)
  assert.equal(headers['x-powered-by'], undefined)
})

test('an unknown member is refused, because to drop it would be to pretend', async () => {
  await using agent = await world()
  await using pool = agent.pool()
  const { status, body } = await pool.ask('POST', APPLY, { options: { allow_reboot: true } })
  assert.deepEqual([status, body.error?.code], [400, 'INVALID_REQUEST'])
  assert.match(body.error?.message ?? '', /allow_reboot/)
  assert.deepEqual(agent.asked, [])
})

test('a value of the path may not also stand in the query', async () => {
  await using agent = await world()
  await using pool = agent.pool()
  const { status, body } = await pool.ask('GET', `/api/v1/jobs/${JOB_ID}?job_id=${JOB_ID}`)
  assert.deepEqual([status, body.error?.details], [400, { fields: ['job_id'] }])
})

test('a limit beyond the largest is refused and not cut', async () => {
  await using agent = await world()
  await using pool = agent.pool()
  const { status } = await pool.ask('GET', '/api/v1/packages?limit=1001')
  assert.equal(status, 400)
  assert.deepEqual(agent.asked, [])
})

test('an unknown route is 404 in an envelope', async () => {
  await using agent = await world()
  await using pool = agent.pool()
  const { status, body } = await pool.ask('GET', '/api/v1/nothing')
  assert.deepEqual(
    [status, body.error?.code, body.error?.details],
    [404, 'INVALID_REQUEST', { reason: 'unknown_route' }],
  )
})

test('another method is 405 and says which there are', async () => {
  await using agent = await world()
  await using pool = agent.pool()
  const { status, body, headers } = await pool.ask('DELETE', '/api/v1/packages')
  assert.deepEqual([status, body.error?.code, headers.allow], [405, 'INVALID_REQUEST', 'GET, POST'])
})

test('a body beyond a mebibyte is 413', async () => {
  await using agent = await world()
  await using pool = agent.pool()
  const { status, body } = await pool.ask('POST', APPLY, { patches: ['x'.repeat(1024 * 1024)] })
  assert.deepEqual([status, body.error?.code], [413, 'INVALID_REQUEST'])
})

test('a body that is no JSON is 400', async () => {
  await using agent = await world()
  await using pool = agent.pool()
  const { status, body } = await pool.ask('POST', APPLY, '{"patches":')
  assert.deepEqual([status, body.error?.code], [400, 'INVALID_REQUEST'])
})

test('a path that cannot be decoded is 400', async () => {
  await using agent = await world()
  await using pool = agent.pool()
  const { status, body } = await pool.ask('GET', '/api/v1/packages/%E0%A4%A')
  assert.deepEqual([status, body.error?.code], [400, 'INVALID_REQUEST'])
})

test('an operation that the host does not allow is refused to the manager too', async () => {
  await using agent = await world({ operations: ['read'] })
  await using pool = agent.pool()
  const { status, body } = await pool.ask('POST', APPLY, {})
  assert.deepEqual(
    [status, body.error?.code, body.error?.details, body.error?.retryable],
    [403, 'AUTHZ_OPERATION_DENIED', { operation: 'patch' }, false],
  )
  assert.deepEqual(agent.asked, [])
})

test('the limit counts each class and client for itself, and says when to come back', async () => {
  let now = new Date('2026-01-01T00:00:00Z')
  now = new Date()
  const start = now.getTime()
  await using agent = await world({ now: () => now, handlers: { getJob: () => job } })
  await using pool = agent.pool()
  await using other = agent.pool(await agent.authority.issue({ uris: [MANAGER] }))
  for (let count = 0; count < 5; count += 1) {
    now = new Date(start + count * 1000)
    assert.equal((await pool.ask('GET', '/api/v1/patches')).status, 404)
  }
  const { status, body, headers } = await pool.ask('GET', '/api/v1/patches')
  assert.deepEqual(
    [status, body.error?.code, body.error?.retryable],
    [429, 'RATE_LIMIT_EXCEEDED', true],
  )
  assert.deepEqual([body.error?.details.retry_after_seconds, headers['retry-after']], [56, '56'])

  assert.equal((await pool.ask('GET', `/api/v1/jobs/${JOB_ID}`)).status, 200)
  assert.equal((await other.ask('GET', '/api/v1/patches')).status, 404)
  now = new Date(start + 60_000)
  assert.equal((await pool.ask('GET', '/api/v1/patches')).status, 404)
  assert.equal((await pool.ask('GET', '/api/v1/patches')).status, 429) // a window that slides
})

test('both paths of health count against one limit', async () => {
  await using agent = await world({ limits: { health: 2 } })
  await using pool = agent.pool()
  await pool.ask('GET', '/health')
  await pool.ask('GET', '/api/v1/health')
  assert.equal((await pool.ask('GET', '/health')).status, 429)
})

test('a mistake of ours tells the caller nothing but its request id', async () => {
  await using agent = await world({
    handlers: {
      getJob: () => {
        throw new TypeError('the secret word')
      },
    },
  })
  await using pool = agent.pool()
  const { status, body } = await pool.ask('GET', `/api/v1/jobs/${JOB_ID}`)
  assert.deepEqual([status, body.error?.code], [503, 'SERVICE_UNHEALTHY'])
  assert.doesNotMatch(JSON.stringify(body), /secret/)
})

test('an agent that is unhealthy says why, check by check', async () => {
  const checks = { certificates: 'error' }
  await using agent = await world({
    handlers: {
      getHealth: () => {
        throw new Failure('SERVICE_UNHEALTHY', 'The certificate expired.', { details: { checks } })
      },
    },
  })
  await using pool = agent.pool()
  const { status, body } = await pool.ask('GET', '/health')
  assert.deepEqual([status, body.error?.details], [503, { checks }])
})

test('what acts and what is refused is recorded with who asked; what reads is not', async () => {
  await using agent = await world({ operations: ['read'], handlers: { getJob: () => job } })
  await using pool = agent.pool()
  await pool.ask('GET', `/api/v1/jobs/${JOB_ID}`)
  const { body } = await pool.ask('POST', APPLY, {})
  const { fingerprint, ...recorded } = agent.actions[0] ?? {}
  assert.match(fingerprint ?? '', /^[0-9a-f]{64}$/)
  assert.deepEqual(recorded, {
    identity: MANAGER,
    address: '127.0.0.1',
    request_id: body.request_id,
    action: `POST ${APPLY}`,
    status: 403,
    code: 'AUTHZ_OPERATION_DENIED',
    job_id: null,
    reason: null,
  })
  assert.equal(agent.actions.length, 1)
})

test('a reboot is recorded with its reason and its job', async () => {
  const reboot = {
    job_id: JOB_ID,
    status: 'pending' as const,
    created_at: job.created_at,
    operation: 'reboot' as const,
    scheduled_at: job.created_at,
    reason: 'a new kernel',
  }
  await using agent = await world({ handlers: { reboot: () => reboot } })
  await using pool = agent.pool()
  const { status, headers } = await pool.ask('POST', '/api/v1/system/reboot', {
    reason: 'a new kernel',
  })
  assert.deepEqual([status, headers.location], [202, `/api/v1/jobs/${JOB_ID}`])
  const [{ reason, job_id, code } = {}] = agent.actions
  assert.deepEqual([reason, job_id, code], ['a new kernel', JOB_ID, null])
})
