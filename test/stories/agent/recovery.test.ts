import assert from 'node:assert/strict'
import { onEachKind } from '../story-base.ts'
import { errorOf, logOf, openOneHost, outcomes } from './one-host.ts'

/** How each says that a package is gone, and the package lists too. */
const gone = {
  apt: /Failed to fetch \S+lab-newdep_2\.0-1_all\.deb +404.*no longer has a Release/,
  dnf: /Status code: 404 for http\S+(lab-newdep-2\.0-1|repomd)/,
}
const packages = ['lab-sleep=1.0-1', 'lab-hello=1.0-1', 'lab-newdep=1.0-1']

onEachKind('what others do to a host, and its archives, stops no job for long', async (t, base) => {
  await using host = await openOneHost({ base, packages })
  const { api, done, kind, repository, says, web } = host
  const install = (name: string) => api.installPackages({ packages: [{ name }] })
  const story = (title: string, tell: () => Promise<void>) =>
    t.test(title, async () => {
      await tell()
      assert.equal(await host.audit(), '')
    })

  await story('what a killed transaction left is repaired before a job begins', async () => {
    await host.sleepFor(60)
    await web.sh(`systemd-run -q --unit=theirs ${host.installing('lab-sleep=2.0-1')}`)
    await host.sleeps()
    await web.sh(
      'systemctl kill --signal=KILL theirs; while systemctl is-active -q theirs; do sleep 0.1; done',
    )
    assert.notEqual(await host.audit(), '')
    await host.sleepFor(0)
    const job = await done(install('lab-victim'))
    assert.deepEqual(
      [job.status, outcomes(job)],
      ['completed', [['lab-victim', null, '1.0-1', 'done']]],
    )
    assert.match(logOf(job), /needs repair.*interrupted.*lab-sleep/)
    assert.equal(await says('lab-sleep'), 'ii 2.0-1')
  })

  await story(
    'what the archive has no more is looked for anew, and the newer one comes',
    async () => {
      await repository.publish({ name: 'lab-hello', version: '1.2-1' })
      repository.faults.missing = /lab-hello[_-]1\.1-1[_.]/
      const { job_id, target_version } = await api.updatePackage({ name: 'lab-hello' })
      assert.equal(target_version, '1.1-1')
      const job = await host.job(job_id)
      repository.faults.missing = undefined
      assert.deepEqual(
        [job.status, outcomes(job)],
        ['completed', [['lab-hello', '1.0-1', '1.2-1', 'done']]],
      )
      assert.match(logOf(job), /404/)
    },
  )

  await story('without its repository a job fails in words, and changes nothing', async () => {
    repository.faults.missing = /./
    const before = await host.state()
    const job = await done(api.updatePackage({ name: 'lab-newdep' }))
    repository.faults.missing = undefined
    assert.deepEqual(errorOf(job), ['failed', 'PKG_MANAGER_ERROR'])
    const message = job.result?.error?.message ?? ''
    assert.match(message, gone[kind])
    assert.equal(await host.state(), before)
    assert.equal((await done(api.updatePackage({ name: 'lab-newdep' }))).status, 'completed')
  })

  await story('a host that is rebooted lets the job end first, and says how it ended', async () => {
    await host.putBack('lab-sleep=1.0-1')
    await host.sleepFor(4)
    const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
    await host.sleeps()
    await web.reboot()
    const job = await host.job(job_id)
    assert.deepEqual(outcomes(job), [['lab-sleep', '1.0-1', '2.0-1', 'done']])
    assert.equal(job.status, 'completed')
  })

  await story(
    'a host that loses its power repairs itself, and the job tells the truth',
    async () => {
      await host.putBack('lab-sleep=1.0-1')
      await host.sleepFor(4)
      const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
      await host.sleeps()
      await web.cutPower()
      await web.start()
      const job = await host.job(job_id)
      assert.deepEqual(outcomes(job), [['lab-sleep', '1.0-1', '2.0-1', 'done']])
      assert.match(logOf(job), /needs repair/)
      assert.equal((await done(install('lab-svc'))).status, 'completed')
    },
  )
})
