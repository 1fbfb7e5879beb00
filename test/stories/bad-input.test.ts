import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callerTo } from './caller.ts'
import { openFleet } from './fleet.ts'
import { skipOn, storyBase } from './story-base.ts'
import { until } from './until.ts'

const skip = skipOn(storyBase())
const CONFIG = '/etc/linux_patch_api/config.yaml'

test('what is no package is refused in words, and nothing starts', { skip }, async (t) => {
  await using fleet = await openFleet(['web'], { packages: ['lab-hello=1.0-1', 'lab-victim'] })
  await using caller = await callerTo(fleet.hosts.web, fleet.manager)
  const install = (name: unknown) =>
    caller.ask('/api/v1/packages', { method: 'POST', body: { packages: [{ name }] } })

  for (const name of ['openssl-', '-o', 'a b', '?essential', '', '*', 'lab-hello/stable', 7, null])
    await t.test(`install ${JSON.stringify(name)} is an invalid request`, async () => {
      const { status, body } = await install(name)
      assert.deepEqual([status, body.error?.code], [400, 'INVALID_REQUEST'])
    })

  for (const name of ['no-such-package', 'lab-mta', 'lab-hell.', 'lab-hello+'])
    await t.test(`install ${name} finds no package`, async () => {
      const { status, body } = await install(name)
      assert.deepEqual([status, body.error?.code], [404, 'PKG_NOT_FOUND'])
    })

  await t.test('a version that no archive has is a conflict', async () => {
    const body = { packages: [{ name: 'lab-hello', version: '9.9-1' }] }
    const answer = await caller.ask('/api/v1/packages', { method: 'POST', body })
    assert.deepEqual([answer.status, answer.body.error?.code], [400, 'PKG_VERSION_CONFLICT'])
  })

  await t.test('an update of what is not installed finds no package', async () => {
    const answer = await caller.ask('/api/v1/packages/lab-conf', { method: 'PUT', body: {} })
    assert.deepEqual([answer.status, answer.body.error?.code], [404, 'PKG_NOT_FOUND'])
  })

  await t.test('an uninstallable package is a dependency error', async () => {
    const { status, body } = await install('lab-broken')
    assert.deepEqual([status, body.error?.code], [400, 'PKG_DEPENDENCY_ERROR'])
  })

  await t.test(
    'an install that would take another package away is a dependency error',
    async () => {
      const body = { packages: [{ name: 'lab-conflict', version: '2.0-1' }] }
      const answer = await caller.ask('/api/v1/packages', { method: 'POST', body })
      assert.deepEqual([answer.status, answer.body.error?.code], [400, 'PKG_DEPENDENCY_ERROR'])
    },
  )

  await t.test('none of it has become a job', async () => {
    assert.equal((await caller.api.listJobs()).total, 0)
  })

  await t.test('a second POST with the same key starts nothing', async () => {
    const asking = {
      method: 'POST' as const,
      body: { packages: [{ name: 'lab-conf' }] },
      headers: { 'idempotency-key': 'k1' },
    }
    const [first, second] = [
      await caller.ask('/api/v1/packages', asking),
      await caller.ask('/api/v1/packages', asking),
    ]
    assert.deepEqual([first.status, second.status], [202, 202])
    assert.equal(first.body.data?.job_id, second.body.data?.job_id)
    assert.equal(first.headers.location, `/api/v1/jobs/${first.body.data?.job_id}`)
    const other = { ...asking, body: { packages: [{ name: 'lab-base' }] } }
    assert.equal((await caller.ask('/api/v1/packages', other)).status, 409)
    assert.equal((await caller.api.listJobs()).total, 1)
  })
})

test(
  'broken settings stop the start with one line, and change nothing while it runs',
  { skip },
  async (t) => {
    await using fleet = await openFleet(['web'])
    const { web } = fleet.hosts
    await using caller = await callerTo(web, fleet.manager)

    await t.test(
      'a wrong value while it runs: the last good settings hold, and health says so',
      async () => {
        await web.write(CONFIG, 'jobs:\n  timeout_minutes: soon\n')
        const health = await until('health tells of the settings', async () => {
          const answer = await caller.api.getHealth()
          return answer.checks.config !== 'ok' && answer
        })
        assert.equal(health.status, 'degraded')
        assert.match(health.details.config ?? '', /jobs\.timeout_minutes/)
      },
    )

    for (const [what, text, says] of [
      ['YAML that cannot be read', 'listen: [', /config\.yaml.*line 1/],
      ['a wrong value', 'listen: {port: many}\n', /config\.yaml.*listen\.port/],
      ['a key that there is not', 'lisen: {port: 1}\n', /config\.yaml.*lisen/],
    ] as const)
      await t.test(`${what}: one line that names it, and exit 1`, async () => {
        await web.write(CONFIG, text)
        const { exitCode, stdout, stderr } = await web.exec(['linux-patch-agent', 'serve'])
        assert.equal(exitCode, 1)
        const lines = `${stdout}${stderr}`.trim().split('\n')
        assert.equal(lines.length, 1)
        assert.match(lines[0] ?? '', says)
      })

    await t.test('right again while it runs: health is well', async () => {
      await web.write(CONFIG, 'log_level: info\n')
      await until('health is well', async () => (await caller.api.getHealth()).status === 'healthy')
    })
  },
)
