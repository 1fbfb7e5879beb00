import assert from 'node:assert/strict'
import { ended, openFleet, outcomes, runJob } from './fleet.ts'
import { onEachKind } from './story-base.ts'
import { until } from './until.ts'

onEachKind(
  'two hosts enrol, are approved, show what is pending, and one job patches both',
  async (_t, base) => {
    const packages = ['lab-hello=1.0-1', 'lab-lib=1.0-1', 'lab-libtool=1.0-1']
    await using fleet = await openFleet(['web', 'db'], { base, packages })
    const { manager, administrators, ids } = fleet

    const before = await manager.api.getHost({ id: ids.web })
    assert.deepEqual(
      before.packages.map(({ name, version, available_version, security }) => [
        name,
        version,
        available_version,
        security,
      ]),
      [
        ['lab-hello', '1.0-1', '1.1-1', false],
        ['lab-lib', '1.0-1', '1.0-2', true],
        ['lab-libtool', '1.0-1', '1.0-2', true],
      ],
    )
    assert.deepEqual(
      [before.updates.total, before.updates.security, before.updates.state],
      [3, 2, 'current'],
    )

    const job = await runJob(manager, { kind: 'patch_apply', host_ids: [ids.web, ids.db] })
    assert.equal(job.status, 'completed')
    assert.deepEqual(job.host_names, ['db', 'web'])
    for (const part of job.hosts)
      assert.deepEqual(outcomes(part), [
        ['lab-hello', '1.0-1', '1.1-1', 'done'],
        ['lab-lib', '1.0-1', '1.0-2', 'done'],
        ['lab-libtool', '1.0-1', '1.0-2', 'done'],
      ])
    for (const { says } of [administrators.web, administrators.db]) {
      assert.equal(await says('lab-hello'), 'ii 1.1-1')
      assert.equal(await says('lab-lib'), 'ii 1.0-2')
    }
    // The host is read again once its part has ended.
    await until('db is known to be up to date', async () => {
      const { updates } = await manager.api.getHost({ id: ids.db })
      return updates.total === 0 && updates.state === 'current'
    })
  },
)

onEachKind('a job asked for twice under one key is one job', async (_t, base) => {
  await using fleet = await openFleet(['web'], { base, packages: ['lab-hello=1.0-1'] })
  const { manager, administrators, ids } = fleet
  const packages = [{ name: 'lab-hello' }]
  const wanted = { kind: 'update' as const, host_ids: [ids.web], packages }
  const once = { idempotency_key: 'a-double-click' }
  const [first, second] = await Promise.all([
    manager.api.createJob(wanted, once),
    manager.api.createJob(wanted, once),
  ])
  assert.equal(first.id, second.id)
  await ended(manager, first.id)
  assert.equal((await manager.api.listJobs()).total, 1)
  assert.equal(await administrators.web.updatesOf('lab-hello'), 1)

  const other = { kind: 'install' as const, host_ids: [ids.web], packages: [{ name: 'lab-conf' }] }
  await assert.rejects(manager.api.createJob(other, once), { code: 'idempotency_conflict' })
})
