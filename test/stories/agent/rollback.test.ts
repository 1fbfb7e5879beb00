import assert from 'node:assert/strict'
import { Failure } from '@linux-patch/shared/failure'
import { onEachKind } from '../story-base.ts'
import { errorOf, openOneHost } from './one-host.ts'

const CONF = '/etc/lab-conf.conf'
const packages = [
  'lab-hello=1.0-1',
  'lab-newdep=1.0-1',
  'lab-conf=1.0-1',
  'lab-fail=1.0-1',
  'lab-victim',
  'lab-lib=1.0-1',
  'lab-libtool=1.0-1',
  'lab-sleep=1.0-1',
  'lab-held=1:1.0-1',
]

type Meanwhile = {
  /** How the job ends. */
  ends?: string
  /** What happens before it is taken back. */
  between?: () => void
}

onEachKind('a rollback leaves every package as it was before the job', async (t, base) => {
  await using host = await openOneHost({ base, packages })
  const { api, done, kind, repository, says, web } = host
  await host.markAutomatic('lab-newdep', 'lab-victim')
  await host.clean()

  /** Does what is told, takes it back, and compares. Gives the rollback's id. */
  async function thereAndBack(start: () => Promise<{ job_id: string }>, options: Meanwhile = {}) {
    const { ends = 'completed', between } = options
    const before = await host.state()
    const { job_id, status, result } = await done(start())
    assert.equal(status, ends, JSON.stringify(result?.error))
    assert.notEqual(await host.state(), before)
    assert.deepEqual(result?.rollback, { possible: true, reason: null })
    between?.()
    const back = await api.rollbackJob({ job_id })
    assert.deepEqual([back.operation, back.original_job_id], ['rollback', job_id])
    const job = await host.job(back.job_id)
    assert.deepEqual([job.status, job.result?.error ?? null], ['completed', null])
    assert.equal(job.original_job_id, job_id)
    assert.equal(await host.state(), before)
    assert.equal(await host.audit(), '')
    return { job_id, rollback_id: back.job_id }
  }
  const reasonOf = async (job_id: string) => {
    const failure = await api.rollbackJob({ job_id }).then(
      () => assert.fail('The rollback was not refused.'),
      (error: unknown) => error,
    )
    assert.ok(failure instanceof Failure)
    return [failure.code, failure.details['reason']]
  }

  await t.test('after an update, once; and the rollback can be taken back itself', async () => {
    const { job_id, rollback_id } = await thereAndBack(() =>
      api.updatePackage({ name: 'lab-hello' }),
    )
    assert.deepEqual(await reasonOf(job_id), ['INVALID_REQUEST', 'already_rolled_back'])
    const forth = await done(api.rollbackJob({ job_id: rollback_id }))
    assert.deepEqual([forth.status, await says('lab-hello')], ['completed', 'ii 1.1-1'])
    assert.equal((await done(api.rollbackJob({ job_id }))).status, 'completed')
    assert.equal(await says('lab-hello'), 'ii 1.0-1')
  })

  await t.test('after an install that brought other packages', async () => {
    await thereAndBack(() => api.installPackages({ packages: [{ name: 'lab-needs-mta' }] }))
  })

  await t.test('after an update that brought a new dependency, marks and all', async () => {
    await thereAndBack(() => api.updatePackage({ name: 'lab-newdep' }))
  })

  await t.test('after a removal, forced or not', async () => {
    await thereAndBack(() => api.removePackage({ name: 'lab-victim' }))
    await thereAndBack(() => api.removePackage({ name: 'lab-lib', force: true }))
  })

  await t.test('after a purge, with what the administrator had written', async () => {
    await web.write(CONF, 'mine')
    await thereAndBack(() => api.removePackage({ name: 'lab-conf', purge: true }))
    assert.equal(await web.read(host.keptOf(CONF)), 'mine')
  })

  await t.test('after a removal, with the configuration that stayed', async () => {
    await web.write(CONF, 'mine too')
    await thereAndBack(() => api.removePackage({ name: 'lab-conf' }))
    assert.equal(await web.read(host.keptOf(CONF)), 'mine too')
  })

  await t.test('after a job that failed', async () => {
    await thereAndBack(() => api.updatePackage({ name: 'lab-fail' }), { ends: 'failed' })
    assert.equal(await says('lab-fail'), 'ii 1.0-1')
  })

  await t.test('after all patches', async () => {
    await host.sleepFor(0)
    const options = { exclude_packages: ['lab-fail'] }
    await thereAndBack(() => api.applyPatches({ options }))
  })

  await t.test(
    'where the archive has the old version no more, from the copy kept; and forth again',
    async () => {
      await host.clean()
      const loseOld = () => (repository.faults.missing = /lab-lib(tool)?[_-]1\.0-1[_.]/)
      // dpkg's files can be packed again; of rpm's there is a copy only where one could be fetched before the job.
      if (kind === 'apt') loseOld()
      const { rollback_id } = await thereAndBack(() => api.updatePackage({ name: 'lab-libtool' }), {
        between: loseOld,
      })
      repository.faults.missing = /./
      const forth = await done(api.rollbackJob({ job_id: rollback_id }))
      repository.faults.missing = undefined
      assert.deepEqual([forth.status, await says('lab-lib')], ['completed', 'ii 1.0-2'])
    },
  )

  await t.test('nothing to take back is said', async () => {
    const { job_id } = await done(
      api.installPackages({ packages: [{ name: 'lab-hello', version: '1.0-1' }] }),
    )
    assert.deepEqual(await reasonOf(job_id), ['INVALID_REQUEST', 'nothing_to_revert'])
    const refresh = await done(api.refreshPackages())
    assert.deepEqual(await reasonOf(refresh.job_id), ['INVALID_REQUEST', 'not_revertible'])
  })

  await t.test('what somebody else has changed since is not undone along with it', async () => {
    const { job_id } = await done(api.updatePackage({ name: 'lab-hello' }))
    await host.remove('lab-hello')
    assert.deepEqual(await reasonOf(job_id), ['INVALID_REQUEST', 'changed_since'])
  })

  await t.test('a job that has not ended is not taken back, and nothing unknown is', async () => {
    await host.sleepFor(3)
    const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
    await host.sleeps()
    assert.deepEqual(await reasonOf(job_id), ['INVALID_REQUEST', 'not_terminal'])
    assert.equal((await host.job(job_id)).status, 'completed')
    const nobody = api.rollbackJob({ job_id: '00000000-0000-4000-8000-000000000000' })
    await assert.rejects(nobody, { code: 'JOB_NOT_FOUND' })
  })

  await t.test('a job whose rollback is under way is not forgotten', async () => {
    await host.sleepFor(3)
    const { jobs } = await api.listJobs({ operation: 'update', limit: 1 })
    const job_id = jobs[0]?.job_id ?? ''
    const back = await api.rollbackJob({ job_id })
    await assert.rejects(api.deleteJob({ job_id }), { code: 'JOB_CONFLICT' })
    assert.equal((await host.job(back.job_id)).status, 'completed')
    assert.equal((await api.deleteJob({ job_id })).action, 'deleted')
    assert.deepEqual(errorOf(await api.getJob({ job_id: back.job_id })), ['completed', undefined])
  })
})
