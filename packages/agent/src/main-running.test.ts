import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { Agent, request } from 'undici'
import { enrolled, freePort, until, world } from './main.test.kit.ts'
import { manager } from './pki/authority.test.kit.ts'
import { parseExposition } from './services/exposition.test.kit.ts'

/** One agent for all of these: an enrolled host, its manager, and a monitor on the same machine. */
const agent = world()
const [port, monitored] = [await freePort(), await freePort()]
const settings = (rest = '') =>
  writeFileSync(
    agent.where.config,
    `listen: { address: 127.0.0.1, port: ${port} }
rate_limits: { system: 1000, health: 1000 }
operations: [read, patch]
${rest}`,
  )
settings(`health: { public_listener: { enabled: true, port: ${monitored} } }\n`)
const authority = await enrolled(agent)
const serving = agent.run('serve')
const dispatcher = new Agent({ connect: await authority.issue(manager) })
await until(() => /"listening"/.test(serving.said.out))

after(async () => {
  await dispatcher.destroy()
  await agent[Symbol.asyncDispose]()
})

async function ask(method: 'GET' | 'POST', path: string, body?: object) {
  const answer = await request(`https://127.0.0.1:${port}${path}`, {
    method,
    dispatcher,
    headers: { 'content-type': 'application/json' },
    body: body ? JSON.stringify(body) : null,
  })
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
}

test('a monitor without a certificate hears one word, and nothing anywhere else', async () => {
  await until(async () => (await monitor('/health')) !== undefined)
  const { status, text } = (await monitor('/health')) ?? { status: 0, text: '' }
  assert.deepEqual([status, text], [200, '{"status":"healthy"}'])
  const nowhere = await monitor('/api/v1/system/info')
  assert.deepEqual([nowhere?.status, nowhere?.text], [404, ''])
})

async function monitor(path: string) {
  const answer = await request(`http://127.0.0.1:${monitored}${path}`).catch(() => undefined)
  return answer && { status: answer.statusCode, text: await answer.body.text() }
}

test('metrics are text that Prometheus reads, at both paths', async () => {
  await ask('GET', '/api/v1/system/info')
  for (const path of ['/metrics', '/api/v1/metrics']) {
    const { status, headers, text } = await ask('GET', path)
    assert.equal(status, 200)
    assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/)
    const requests = parseExposition(text).get('linux_patch_agent_http_requests_total')
    assert.ok(requests?.series.some(({ labels }) => labels.route === '/api/v1/system/info'))
  }
})

test('settings are taken at once when the manager asks for it, and wrong ones with their line', async () => {
  settings('health: { public_listener: { enabled: false } }\n')
  assert.match((await ask('POST', '/api/v1/system/config/reload', {})).text, /"config","whitelist"/)
  assert.equal(await monitor('/health'), undefined)

  settings('log_level: loud\n')
  const { status, text } = await ask('POST', '/api/v1/system/config/reload', {})
  assert.equal(status, 400)
  assert.match(text, /CONFIG_INVALID.*log_level: .* at line 4, column 12/)
  assert.match((await ask('GET', '/health')).text, /"status":"degraded".*log_level/)

  settings(`health: { public_listener: { enabled: true, port: ${port} } }\n`)
  const taken = await ask('POST', '/api/v1/system/config/reload', {})
  assert.equal(taken.status, 500)
  assert.match(taken.text, /CONFIG_RELOAD_ERROR.*EADDRINUSE/)
  settings()
  assert.equal((await ask('POST', '/api/v1/system/config/reload', {})).status, 200)
})

test('settings whose file is gone still hold, and health says that it is', async () => {
  rmSync(agent.where.config)
  await until(async () => /config\.yaml is gone/.test((await ask('GET', '/health')).text))
  assert.match((await ask('GET', '/health')).text, /"status":"degraded".*"config":"warn"/)
  // The port and what may be asked are those of the file, and not the usual ones.
  assert.equal((await ask('POST', '/api/v1/system/reboot', {})).status, 403)
  settings()
  await until(async () => /"config":"ok"/.test((await ask('GET', '/health')).text))
})

test('a reboot that the host does not allow is refused, and that is in the log', async () => {
  const { status } = await ask('POST', '/api/v1/system/reboot', { reason: 'a new kernel' })
  assert.equal(status, 403)
  await until(() => readFileSync(agent.where.audit, 'utf8').includes('system/reboot'))
  const line = readFileSync(agent.where.audit, 'utf8')
    .split('\n')
    .find((one) => one.includes('reboot'))
  const { action, code } = JSON.parse(line ?? '')
  assert.deepEqual([action, code], ['POST /api/v1/system/reboot', 'AUTHZ_OPERATION_DENIED'])
})

test('status says how the host is while the agent runs', async () => {
  const { ended, said } = agent.run('status')
  assert.equal(await ended, 0, said.error)
  assert.match(said.out, /^Health +(healthy|degraded)$/m)
  assert.match(said.out, /^Certificate +until .* \(in \d+ days\)$/m)
  assert.match(said.out, /^Running +nothing\nWaiting +nothing$/m)
  assert.match(
    said.out,
    /^Updates +\d+, of them \d+ for security; \d+ held back$|^Updates +unknown$/m,
  )
})

test('the log of a running agent is whole, and verify ends with 1 once it is not', async () => {
  const whole = agent.run('audit', 'verify')
  assert.equal(await whole.ended, 0, whole.said.out)
  assert.match(whole.said.out, /^\d+ records, the last is number \d+ with [0-9a-f]{64}\.\n$/)

  serving.child.kill('SIGTERM')
  assert.equal(await serving.ended, 0)
  appendFileSync(agent.where.audit, 'root was here\n')
  const spoilt = agent.run('audit', 'verify')
  assert.equal(await spoilt.ended, 1)
  assert.match(spoilt.said.out, /audit\.log: line \d+ is no record of the agent/)

  const file = agent.run('audit', 'verify', '--file', agent.where.audit)
  assert.equal(await file.ended, 1)
  assert.match(file.said.out, /is no record of the agent/)

  rmSync(agent.where.audit)
  const gone = agent.run('audit', 'verify')
  assert.equal(await gone.ended, 1)
  assert.match(gone.said.out, /^\/\S+audit\.log: line 1 is missing: the lines up to number \d+/)
})
