import assert from 'node:assert/strict'
import { test } from 'node:test'
import { administratorAt, ended, openFleet, outcomes, runJob } from './fleet.ts'
import { skipOn, storyBase } from './story-base.ts'

const skip = skipOn(storyBase())
const packages = ['lab-conf=1.0-1', 'lab-lib=1.0-1', 'lab-libtool=1.0-1']

test('hosts are told to remove a package, and to reboot', { skip }, async (t) => {
  await using fleet = await openFleet(['web', 'db'], { packages })
  const { manager, hosts, ids } = fleet
  const { api } = manager
  const host_ids = [ids.web, ids.db]
  const remove = (name: string, purge = false) =>
    runJob(manager, { kind: 'remove', host_ids, packages: [{ name, version: null }], purge })

  await t.test('what others need is not removed', async () => {
    const job = await remove('lab-lib')
    assert.equal(job.status, 'failed')
    for (const { error_code } of job.hosts) assert.equal(error_code, 'PKG_DEPENDENCY_ERROR')
    assert.equal(await administratorAt(hosts.web).says('lab-lib'), 'ii 1.0-1')
  })

  await t.test('a package is purged on both, and comes back with its configuration', async () => {
    await hosts.db.write('/etc/lab-conf.conf', 'mine')
    const job = await remove('lab-conf', true)
    assert.equal(job.status, 'completed')
    for (const part of job.hosts)
      assert.deepEqual(outcomes(part), [['lab-conf', '1.0-1', null, 'done']])
    const { stdout } = await hosts.db.exec(['ls', '/etc/lab-conf.conf'])
    assert.equal(stdout, '')

    const back = await ended(manager, (await api.rollbackJob({ id: job.id })).id)
    assert.equal(back.status, 'completed')
    assert.equal(await administratorAt(hosts.web).says('lab-conf'), 'ii 1.0-1')
    assert.equal(
      await hosts.db.read(administratorAt(hosts.db).keptOf('/etc/lab-conf.conf')),
      'mine',
    )
  })

  await t.test('a reboot has completed when the host is up again', async () => {
    const before = hosts.web.bootId()
    const wanted = { kind: 'reboot' as const, host_ids: [ids.web], notes: 'A new kernel.' }
    const { id } = await api.createJob(wanted)
    await hosts.web.booted(before)
    const job = await ended(manager, id, 120)
    assert.deepEqual([job.status, job.hosts[0]?.changes], ['completed', []])
    assert.match(job.hosts[0]?.message ?? '', /rebooted/)
    await assert.rejects(api.rollbackJob({ id }), { message: 'Nothing takes a reboot back.' })
  })
})
