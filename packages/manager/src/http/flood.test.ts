import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Agent } from 'undici'
import { manager, type Manager } from '../start/manager.test.kit.ts'

const MIB = 1024 * 1024

/** A sign-in with a wrong password, from one of many addresses. */
function tryIn(world: Manager, number: number, signal: AbortSignal | null = null) {
  const body = JSON.stringify({ username: `name-${number}`, password: 'wrong' })
  const from = `127.0.${1 + (number % 50)}.1`
  return world.ask('POST', '/api/v1/auth/login', { body, from, signal })
}

const tryAll = (world: Manager, count: number, signal?: AbortSignal) =>
  Promise.all(Array.from({ length: count }, (_, number) => tryIn(world, number, signal)))

/** Two hundred connections that are open, from so many addresses that none reaches its own limit. */
async function crowd({ port, authority }: Manager) {
  const agents = Array.from({ length: 20 }, (_, number) => {
    const connect = { ca: authority.root_pem, timeout: 60_000 }
    const localAddress = `127.0.${1 + number}.1`
    return new Agent({ connect, localAddress, keepAliveTimeout: 60_000 })
  })
  const ask = async (agent: Agent, path: string, body: string | null) => {
    const method = body === null ? 'GET' : 'POST'
    const headers = { 'content-type': 'application/json' }
    const origin = `https://127.0.0.1:${port}`
    const answer = await agent.request({ origin, path, method, headers, body })
    await answer.body.dump()
    return { status: answer.statusCode, headers: answer.headers }
  }
  const all = (path: string, body: string | null) =>
    Promise.all(agents.flatMap((agent) => Array.from({ length: 10 }, () => ask(agent, path, body))))
  await all('/health', null)
  const body = JSON.stringify({ username: 'nobody', password: 'wrong' })
  return {
    rush: () => all('/api/v1/auth/login', body),
    [Symbol.asyncDispose]: async () => {
      for (const agent of agents) await agent.close()
    },
  }
}

test('of two hundred sign-ins at once a few wait, and others are answered meanwhile', async () => {
  await using world = await manager()
  await using people = await crowd(world)
  const before = process.memoryUsage().rss
  const memory: number[] = []
  const waits: number[] = []
  let isOver = false
  const flood = people.rush().finally(() => (isOver = true))
  while (!isOver) {
    const start = performance.now()
    assert.equal((await world.ask('GET', '/health')).status, 200)
    waits.push(performance.now() - start)
    memory.push(process.memoryUsage().rss)
    await wait(20)
  }
  const answers = await flood
  const refused = answers.filter(({ status }) => status === 429)
  assert.ok(refused.length > 100, `${refused.length} refused`)
  for (const { headers } of refused) assert.equal(headers['retry-after'], '5')
  assert.ok(answers.every(({ status }) => [401, 429].includes(status)))
  // Each of them takes 19 MiB while it is judged.
  const grown = (Math.max(...memory) - before) / MIB
  assert.ok(grown < 200, `${grown} MiB more`)
  const median = waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)] ?? 0
  assert.ok(median < 1000, `${median} ms for the health`)
})

test('sign-ins that nobody waits for any more are not made', async () => {
  await using world = await manager()
  const gone = new AbortController()
  const left = tryAll(world, 60, gone.signal)
  await wait(300)
  gone.abort()
  await assert.rejects(left)
  const start = performance.now()
  await world.as().login({ username: 'admin', password: world.password })
  const entries = await world.stores.audit.list({ limit: 1000, offset: 0 })
  const judged = entries.filter(({ outcome }) => outcome === 'refused').length
  assert.ok(
    judged < 60,
    `${judged} were judged, and the next waited ${performance.now() - start} ms`,
  )
  assert.deepEqual(world.log.said('error'), [])
})
