import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from '@linux-patch/manager/db/engines.test.kit'
import type { Host } from '../lab/host.ts'
import { administratorAt, ended, openFleet, outcomes } from './fleet.ts'
import { skipOn, storyBase } from './story-base.ts'
import { until } from './until.ts'

const skip = skipOn(storyBase())
const packages = ['lab-sleep=1.0-1', 'lab-hello=1.0-1']

/** Makes the next configuration of lab-sleep take so long that a story can get in the way. */
const sleepFor = (host: Host, seconds: number) => host.write('/etc/lab-sleep', `${seconds}\n`)

const isSleeping = (host: Host) => async () => {
  const { exitCode } = await host.exec(['pgrep', '-f', 'lab-sleep.postinst|rpm-tmp'])
  return exitCode === 0
}

test(
  'an agent killed in the middle of a postinst finds its job again, and the job completes',
  { skip },
  async () => {
    await using fleet = await openFleet(['web'], { packages })
    const { manager, hosts, ids } = fleet
    await sleepFor(hosts.web, 5)
    const { id } = await manager.api.createJob({
      kind: 'update',
      host_ids: [ids.web],
      packages: [{ name: 'lab-sleep' }],
    })
    await until('the postinst sleeps', isSleeping(hosts.web))
    await hosts.web.kill('SIGKILL')
    assert.ok(await isSleeping(hosts.web)(), 'dpkg goes on without the agent')

    const job = await ended(manager, id)
    assert.equal(job.status, 'completed')
    assert.deepEqual(job.hosts[0]?.changes, [
      {
        name: 'lab-sleep',
        action: 'upgrade',
        version_before: '1.0-1',
        version_planned: '2.0-1',
        version_after: '2.0-1',
        outcome: 'done',
      },
    ])
    assert.equal(await administratorAt(hosts.web).says('lab-sleep'), 'ii 2.0-1')
    assert.equal(await administratorAt(hosts.web).audit(), '')
    assert.ok(job.hosts[0]?.logs.some(({ message }) => message.includes('tick 5/5')))
  },
)

for (const engine of engines)
  test(
    `a manager on ${engine.name}, killed while a job runs on two hosts, ends it with the truth after its restart`,
    { skip: skip || engine.skip },
    async () => {
      const { url } = await engine.place()
      await using fleet = await openFleet(['web', 'db'], {
        packages: [...packages, 'lab-fail=1.0-1'],
        manager_config: { database: { url } },
      })
      const { manager, hosts, ids } = fleet
      await hosts.db.write('/etc/lab-fail-ok', '')
      await Promise.all([sleepFor(hosts.web, 6), sleepFor(hosts.db, 6)])
      const { id } = await manager.api.createJob({
        kind: 'patch_apply',
        host_ids: [ids.web, ids.db],
      })
      await until('both postinsts sleep', async () => {
        const sleeping = await Promise.all([isSleeping(hosts.web)(), isSleeping(hosts.db)()])
        return sleeping.every(Boolean)
      })
      await manager.kill('SIGKILL')
      await manager.restart()

      const job = await ended(manager, id)
      assert.equal(job.status, 'partial')
      const [db, web] = job.hosts.toSorted((a, b) => a.host_name.localeCompare(b.host_name))
      assert.deepEqual([db?.status, web?.status], ['completed', 'failed'])
      assert.deepEqual(web && outcomes(web), [
        ['lab-fail', '1.0-1', '2.0-1', 'broken'],
        ['lab-hello', '1.0-1', '1.1-1', 'done'],
        ['lab-sleep', '1.0-1', '2.0-1', 'done'],
      ])
      for (const host of [hosts.web, hosts.db]) {
        assert.equal(await administratorAt(host).says('lab-sleep'), 'ii 2.0-1')
        assert.equal(await administratorAt(host).updatesOf('lab-sleep'), 1)
      }
    },
  )

test(
  'a host that cannot be reached gets its part of the job when it is back',
  { skip },
  async () => {
    await using fleet = await openFleet(['web', 'db'], { packages: ['lab-hello=1.0-1'] })
    const { manager, hosts, ids } = fleet
    await hosts.db.disconnect()
    const { id } = await manager.api.createJob({
      kind: 'update',
      host_ids: [ids.web, ids.db],
      packages: [{ name: 'lab-hello' }],
    })
    const waiting = await until('the part of db waits', async () => {
      const { hosts: parts } = await manager.api.getJob({ id })
      const part = parts.find(({ host_name }) => host_name === 'db')
      return part?.message.includes('Trying again') && part
    })
    assert.equal(waiting.status, 'pending')
    await hosts.db.reconnect()
    assert.equal((await ended(manager, id)).status, 'completed')
    assert.equal(await administratorAt(hosts.db).says('lab-hello'), 'ii 1.1-1')
  },
)
