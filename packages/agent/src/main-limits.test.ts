import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { Agent, request } from 'undici'
import { enrolled, freePort, until, world } from './main.test.kit.ts'
import { manager } from './pki/authority.test.kit.ts'

/** One agent for all of these, whose settings say nothing of rates, and two clients of one identity. */
const agent = world()
const port = await freePort()
writeFileSync(agent.where.config, `listen: { address: 127.0.0.1, port: ${port} }\n`)
const authority = await enrolled(agent)
const serving = agent.run('serve')
const client = async () => new Agent({ connect: await authority.issue(manager) })
const [one, other] = [await client(), await client()]
await until(() => /"listening"/.test(serving.said.out))

after(async () => {
  await Promise.all([one.destroy(), other.destroy()])
  await agent[Symbol.asyncDispose]()
})

/** Requests that can change nothing: what no client may send is counted too. */
const classes = {
  health: [60, 'GET', '/health'],
  package_list: [30, 'GET', '/packages?limit=none'],
  package_operations: [10, 'POST', '/packages'],
  patch_operations: [5, 'POST', '/patches/apply'],
  job_operations: [60, 'GET', '/jobs/none'],
  system: [5, 'POST', '/system/reboot'],
} as const

for (const [rate, [limit, method, path]] of Object.entries(classes))
  test(`without settings, ${limit} requests a minute of class ${rate} are answered to a client`, async () => {
    for (let sent = 0; sent < limit; sent += 1) {
      const { status } = await ask(one, method, path)
      assert.ok([200, 400, 503].includes(status), `${status} after ${sent}`)
    }
    const { status, headers } = await ask(one, method, path)
    assert.equal(status, 429)
    assert.ok(Number(headers['retry-after']) > 0)
    assert.notEqual((await ask(other, method, path)).status, 429)
  })

async function ask(dispatcher: Agent, method: 'GET' | 'POST', path: string) {
  const { statusCode, headers, body } = await request(`https://127.0.0.1:${port}/api/v1${path}`, {
    method,
    dispatcher,
    headers: { 'content-type': 'application/json' },
    body: method === 'POST' ? '{"strange":true}' : null,
  })
  await body.dump()
  return { status: statusCode, headers }
}
