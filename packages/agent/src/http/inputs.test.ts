import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { agentApi, type AgentApi } from '@linux-patch/shared/agent-api'
import { Failure } from '@linux-patch/shared/failure'
import type { Sent } from './input-values.test.kit.ts'
import { inputs, paths } from './inputs.test.kit.ts'
import { world } from './world.test.kit.ts'

const names = Object.keys(agentApi) as (keyof AgentApi)[]
let received: { name: string; input: unknown } | undefined
/** Keeps what it is given, and answers something that no schema has to like. */
const keeping = (name: string) => (input: unknown) => {
  received = { name, input }
  throw new Failure('JOB_NOT_FOUND', 'kept')
}
const often = { health: 1e5, package_list: 1e5, package_operations: 1e5 }
const agent = await world({
  handlers: Object.fromEntries(names.map((name) => [name, keeping(name)])),
  limits: { ...often, patch_operations: 1e5, job_operations: 1e5, system: 1e5 },
})
const pool = agent.pool()
after(async () => {
  await pool[Symbol.asyncDispose]()
  await agent[Symbol.asyncDispose]()
})

async function send(ask: string, sent: Sent = '', body?: object) {
  const [method = '', path = ''] = ask.split(' ')
  received = undefined
  if (typeof sent === 'string') return pool.ask(method, `/api/v1${path}${sent && '?'}${sent}`, body)
  return pool.ask(method, `/api/v1${path}`, { ...body, ...sent })
}
const inWords = (sent: unknown) => JSON.stringify(sent).slice(0, 80)

async function assertRefused(field: string, answer: Awaited<ReturnType<typeof send>>) {
  assert.deepEqual([answer.status, answer.body.error?.code], [400, 'INVALID_REQUEST'])
  const fields = answer.body.error?.details.fields as { field: string; message: string }[]
  assert.ok(fields.every(({ message }) => message !== ''))
  assert.ok(
    fields.some((one) => one.field === field),
    `${field} is not among ${inWords(fields)}`,
  )
  assert.equal(answer.headers['x-request-id'], answer.body.request_id)
  assert.equal(received, undefined)
}

for (const name of names) {
  const { ask, body, usual, takes, refuses } = inputs[name]

  test(`${ask} with nothing said is what the contract calls usual`, async () => {
    const { status } = await send(ask, '', body)
    assert.deepEqual([status, received], [404, { name, input: usual }])
  })

  test(`${ask} takes each value that it promises`, async () => {
    for (const [sent, expected] of takes) {
      await send(ask, sent, body)
      assert.deepEqual(received, { name, input: { ...usual, ...expected } }, inWords(sent))
    }
  })

  test(`${ask} refuses what is none of them, and names the field`, async () => {
    for (const [sent, field] of refuses) await assertRefused(field, await send(ask, sent, body))
  })
}

test('a path that names nothing is refused, and says which part', async () => {
  for (const [ask, field] of paths) {
    const hasBody = !/^(GET|DELETE)/.test(ask)
    await assertRefused(field, await send(ask, '', hasBody ? {} : undefined))
  }
})

test('a path is decoded: g++ and libc6:i386 are packages', async () => {
  await send('GET /packages/g%2B%2B')
  assert.deepEqual(received, { name: 'getPackage', input: { name: 'g++' } })
  await send('GET /packages/libc6%3Ai386')
  assert.deepEqual(received, { name: 'getPackage', input: { name: 'libc6:i386' } })
})

test('a key that could not be kept is refused, and one that can reaches the service', async () => {
  for (const key of ['a b', 'x'.repeat(129), 'ä'])
    assert.equal(
      (
        await pool.ask('POST', '/api/v1/packages', inputs.installPackages.body, {
          'idempotency-key': key,
        })
      ).status,
      400,
    )
  const { status } = await pool.ask('POST', '/api/v1/packages', inputs.installPackages.body, {
    'idempotency-key': 'job-1:host_2.x',
  })
  assert.equal(status, 404)
})
