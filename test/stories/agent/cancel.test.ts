import assert from 'node:assert/strict'
import { onEachKind } from '../story-base.ts'
import { until } from '../until.ts'
import { errorOf, logOf, openOneHost, outcomes } from './one-host.ts'

const packages = [
  'lab-sleep=1.0-1',
  'lab-hello=1.0-1',
  'lab-newdep=1.0-1',
  'lab-lib=1.0-1',
  'lab-svc=1.0-1',
]
const MEGABYTE = 1024 * 1024

onEachKind(
  'a job is cancelled where that is safe, and the host is whole after it',
  async (t, base) => {
    await using host = await openOneHost({ base, packages })
    const { api, kind, repository, says, web } = host
    const install = (name: string) => api.installPackages({ packages: [{ name }] })
    const story = (title: string, tell: () => Promise<void>) =>
      t.test(title, async () => {
        await tell()
        assert.equal(await host.audit(), '')
      })

    await story(
      'one that waits is cancelled at once; a second cancel says that it was',
      async () => {
        await host.sleepFor(3)
        const first = await api.installPackages({ packages: [{ name: 'lab-sleep' }] })
        const { job_id } = await install('lab-conf')
        await host.sleeps()
        assert.deepEqual(await api.deleteJob({ job_id }), {
          job_id,
          previous_status: 'pending',
          current_status: 'cancelled',
          action: 'cancelled',
        })
        await assert.rejects(api.deleteJob({ job_id }), { code: 'JOB_CANCELLED' })
        await assert.rejects(api.rollbackJob({ job_id }), { code: 'JOB_CANCELLED' })
        assert.equal((await host.job(first.job_id)).status, 'completed')
        assert.deepEqual(errorOf(await host.job(job_id)), ['cancelled', 'JOB_CANCELLED'])
        assert.notEqual((await says('lab-conf')).slice(0, 2), 'ii')
      },
    )

    await story('one that downloads stops at once, and another goes on from there', async () => {
      repository.faults.bytes_per_second = MEGABYTE / 2
      const { job_id } = await install('lab-big')
      await host.downloads('lab-big', MEGABYTE)
      const asked = Date.now()
      const { action, current_status } = await api.deleteJob({ job_id })
      assert.deepEqual([action, current_status], ['cancelled', 'cancelled'])
      const job = await host.job(job_id)
      assert.deepEqual(errorOf(job), ['cancelled', 'JOB_CANCELLED'])
      assert.equal(job.result?.rollback, null)
      await until('the download has ended', async () => !(await host.isDownloading()))
      assert.ok(Date.now() - asked < 5000)
      const kept = await host.bytesOf('lab-big')
      assert.ok(kept > MEGABYTE, `${kept} bytes are kept`)

      repository.faults.bytes_per_second = undefined
      const again = await host.done(install('lab-big'))
      assert.equal(again.status, 'completed')
      if (kind === 'apt') assert.match(logOf(again), /Fetched (3\d|4[01])\.\d MB/)
    })

    await story('one of several groups stops between two, and says what it did', async () => {
      await host.putBack('lab-sleep=1.0-1')
      await host.sleepFor(4)
      const { job_id } = await api.applyPatches({})
      await host.sleeps()
      const { action, current_status } = await api.deleteJob({ job_id })
      assert.deepEqual([action, current_status], ['cancel_requested', 'running'])
      if (kind === 'dnf')
        assert.match(
          logOf(await api.getJob({ job_id })),
          /rpm finishes a transaction that has begun/,
        )
      const again = await api.deleteJob({ job_id })
      assert.equal(again.action, 'cancel_requested')
      assert.notEqual((await api.getJob({ job_id })).cancel_requested_at, null)
      const job = await host.job(job_id)
      assert.deepEqual(errorOf(job), ['cancelled', 'JOB_CANCELLED'])
      const done = outcomes(job).filter(([, , , outcome]) => outcome === 'done')
      const left = outcomes(job).filter(([, , , outcome]) => outcome === 'not_done')
      assert.ok(done.some(([name]) => name === 'lab-sleep'))
      assert.ok(left.length > 0)
      for (const [name, version_before] of left)
        assert.equal(await says(String(name)), `ii ${version_before}`)
      assert.equal(await says('lab-sleep'), 'ii 2.0-1')
      assert.deepEqual(job.result?.rollback, { possible: true, reason: null })
    })

    await story('in its last group it is too late: it completes, and says that', async () => {
      await host.putBack('lab-sleep=1.0-1')
      await host.sleepFor(3)
      const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
      await host.sleeps()
      assert.equal((await api.deleteJob({ job_id })).action, 'cancel_requested')
      const job = await host.job(job_id)
      assert.equal(job.status, 'completed')
      assert.deepEqual(outcomes(job), [['lab-sleep', '1.0-1', '2.0-1', 'done']])
    })

    await story('one that has ended is forgotten', async () => {
      const { job_id } = await host.done(install('lab-victim'))
      assert.deepEqual(await api.deleteJob({ job_id }), {
        job_id,
        previous_status: 'completed',
        current_status: 'deleted',
        action: 'deleted',
      })
      await assert.rejects(api.getJob({ job_id }), { code: 'JOB_NOT_FOUND' })
      await assert.rejects(api.deleteJob({ job_id }), { code: 'JOB_NOT_FOUND' })
      assert.equal(
        await web.sh(`ls /var/lib/linux_patch_api/jobs | grep -c ${job_id} || true`),
        '0',
      )
      assert.equal(await says('lab-victim'), 'ii 1.0-1')
    })
  },
)
