import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostPreview, JobPreview } from '@linux-patch/shared/job-preview'
import { administratorAt, ended, openFleet, outcomes, runJob } from './fleet.ts'
import { skipOn, storyBase } from './story-base.ts'

const skip = skipOn(storyBase())
const packages = [
  'lab-hello=1.0-1',
  'lab-newdep=1.0-1',
  'lab-kernelish=1.0-1',
  'lab-conflict=1.0-1',
]

/** What would become of each package: its name, the versions before and planned. Sorted by name. */
const planned = ({ transaction }: HostPreview) =>
  (transaction?.changes ?? [])
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version_before, version_planned }) => [name, version_before, version_planned])

const digestsOf = ({ hosts }: JobPreview) =>
  Object.fromEntries(
    hosts.flatMap(({ host_id, transaction }) =>
      transaction ? [[host_id, transaction.digest]] : [],
    ),
  )

test(
  'a job on two hosts is previewed, bound to its preview, and taken back',
  { skip },
  async (t) => {
    await using fleet = await openFleet(['web', 'db'], { packages })
    const { manager, hosts, ids } = fleet
    const { api } = manager
    const host_ids = [ids.web, ids.db]
    await administratorAt(hosts.db).install('lab-newdep')
    const saysOfHello = () =>
      Promise.all([hosts.web, hosts.db].map((host) => administratorAt(host).says('lab-hello')))

    await t.test('each host says what it would do by itself, and does nothing', async () => {
      const excluded = { exclude_packages: ['lab-conflict'] }
      const [db, web, ...none] = (
        await api.previewJob({ kind: 'patch_apply', host_ids, ...excluded })
      ).hosts
      assert.ok(db && web && none.length === 0)
      assert.deepEqual([db.host_name, web.host_name], ['db', 'web'])
      assert.deepEqual(planned(web), [
        ['lab-extra', null, '1.0-1'],
        ['lab-hello', '1.0-1', '1.1-1'],
        ['lab-kernelish', '1.0-1', '2.0-1'],
        ['lab-newdep', '1.0-1', '2.0-1'],
      ])
      assert.deepEqual(planned(db), [
        ['lab-hello', '1.0-1', '1.1-1'],
        ['lab-kernelish', '1.0-1', '2.0-1'],
      ])
      assert.ok((web.transaction?.download_bytes ?? 0) > (db.transaction?.download_bytes ?? 0))
      assert.ok(web.transaction?.disk.some(({ mount }) => mount === '/'))
      assert.deepEqual(web.transaction?.rollback, { possible: true, reason: null })
      assert.notEqual(web.transaction?.digest, db.transaction?.digest)
      assert.equal(await administratorAt(hosts.web).says('lab-newdep'), 'ii 1.0-1')
      assert.equal((await api.listJobs()).total, 0)
    })

    await t.test('bound to its preview a job does that and nothing else', async () => {
      const packages = [{ name: 'lab-newdep', version: null }]
      const wanted = { kind: 'install' as const, packages, host_ids }
      const expected_digests = digestsOf(await api.previewJob(wanted))
      await administratorAt(hosts.db).remove('lab-extra')
      const job = await runJob(manager, { ...wanted, expected_digests })
      assert.equal(job.status, 'partial')
      const [db, web] = job.hosts
      assert.deepEqual(web && outcomes(web), [
        ['lab-extra', null, '1.0-1', 'done'],
        ['lab-newdep', '1.0-1', '2.0-1', 'done'],
      ])
      assert.deepEqual([db?.status, db?.error_code], ['failed', 'PLAN_DRIFT'])
      assert.match(db?.last_error ?? '', /added: .*lab-extra/)
      assert.notEqual((await administratorAt(hosts.db).says('lab-newdep')).slice(0, 2), 'ii')
    })

    await t.test(
      'taken back, each host is as it was before, and the two jobs name each other',
      async () => {
        const excluded = { exclude_packages: ['lab-conflict', 'lab-kernelish'] }
        const wanted = { kind: 'patch_apply' as const, host_ids, ...excluded }
        const job = await runJob(manager, wanted)
        assert.equal(job.status, 'completed')
        assert.deepEqual(await saysOfHello(), ['ii 1.1-1', 'ii 1.1-1'])
        for (const { rollback } of job.hosts)
          assert.deepEqual(rollback, { possible: true, reason: null })

        const back = await api.rollbackJob({ id: job.id })
        assert.deepEqual([back.kind, back.parent_job_id], ['rollback', job.id])
        const { status, hosts: parts } = await ended(manager, back.id)
        assert.equal(status, 'completed')
        for (const part of parts)
          assert.deepEqual(outcomes(part), [['lab-hello', '1.1-1', '1.0-1', 'done']])
        assert.deepEqual(await saysOfHello(), ['ii 1.0-1', 'ii 1.0-1'])
        assert.deepEqual((await api.getJob({ id: job.id })).rollback_job_ids, [back.id])
        await assert.rejects(api.rollbackJob({ id: job.id }), {
          code: 'conflict',
          message: 'The job was taken back already, or is just now.',
        })
      },
    )

    await t.test('a host that refuses and one that is away are in it with the reason', async () => {
      await hosts.web.sh('systemctl stop linux-patch-agent')
      const wanted = { kind: 'install' as const, packages: [{ name: 'no-such-package' }] }
      const [db, web] = (await api.previewJob({ ...wanted, host_ids })).hosts
      await hosts.web.startAgent()
      assert.deepEqual([db?.error?.code, web?.error?.code], ['PKG_NOT_FOUND', 'host_unreachable'])
      assert.deepEqual([db?.transaction, web?.transaction], [null, null])
    })
  },
)
