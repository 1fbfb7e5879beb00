import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../needs.ts'
import { until } from '../until.ts'
import { errorOf, logOf, openOneHost, outcomes } from './one-host.ts'

const skip = skipWithout('lab')
const packages = ['lab-sleep=1.0', 'lab-hello=1.0', 'lab-newdep=1.0']
const MEGABYTE = 1024 * 1024

test('what others do to a host, and its archives, stops no job for long', { skip }, async (t) => {
  await using host = await openOneHost({ packages })
  const { api, done, says, web, lab } = host
  const install = (name: string) => api.installPackages({ packages: [{ name }] })
  const theirs = (command: string) => web.sh(`systemd-run -q --unit=theirs ${command}`)
  const story = (title: string, tell: () => Promise<void>) =>
    t.test(title, async () => {
      await tell()
      assert.equal(await host.audit(), '')
    })

  await story('what a killed dpkg left is repaired before a job begins', async () => {
    await host.sleepFor(60)
    await theirs('apt-get install -y lab-sleep=2.0')
    await host.sleeps()
    await web.sh('systemctl kill --signal=KILL theirs; while pgrep -x dpkg; do sleep 0.1; done')
    assert.notEqual(await host.audit(), '')
    await host.sleepFor(0)
    const job = await done(install('lab-victim'))
    assert.deepEqual(
      [job.status, outcomes(job)],
      ['completed', [['lab-victim', null, '1.0', 'done']]],
    )
    assert.match(logOf(job), /needs repair.*interrupted.*lab-sleep/)
    assert.equal(await says('lab-sleep'), 'ii 2.0')
  })

  await story('a lock that another program holds is waited for, and it is named', async () => {
    await host.sleepFor(8)
    await web.sh('systemctl reset-failed theirs || true')
    await theirs('apt-get install -y --reinstall lab-sleep')
    await host.sleeps()
    const { job_id } = await install('lab-conf')
    await until('it says whom it waits for', async () => {
      const { message, status } = await api.getJob({ job_id })
      return status === 'pending' && /waiting for apt-get \(pid \d+\)/.test(message)
    })
    const job = await host.job(job_id)
    assert.equal(job.status, 'completed')
    assert.match(logOf(job), /waiting for apt-get \(pid \d+\)/)
  })

  await story(
    'what the archive has no more is looked for anew, and the newer one comes',
    async () => {
      await lab.repository.add({ name: 'lab-hello', version: '1.2', suite: 'updates' })
      lab.repository.faults.missing = /lab-hello_1\.1_/
      const { job_id, target_version } = await api.updatePackage({ name: 'lab-hello' })
      assert.equal(target_version, '1.1')
      const job = await host.job(job_id)
      lab.repository.faults.missing = undefined
      assert.deepEqual(
        [job.status, outcomes(job)],
        ['completed', [['lab-hello', '1.0', '1.2', 'done']]],
      )
      assert.match(logOf(job), /404/)
    },
  )

  await story('without its repository a job fails in words, and changes nothing', async () => {
    lab.repository.faults.missing = /./
    const before = await host.state()
    const job = await done(api.updatePackage({ name: 'lab-newdep' }))
    lab.repository.faults.missing = undefined
    assert.deepEqual(errorOf(job), ['failed', 'PKG_MANAGER_ERROR'])
    const message = job.result?.error?.message ?? ''
    assert.match(
      message,
      /Failed to fetch \S+lab-newdep_2\.0_all\.deb +404.*no longer has a Release/,
    )
    assert.equal(await host.state(), before)
    assert.equal((await done(api.updatePackage({ name: 'lab-newdep' }))).status, 'completed')
  })

  await story('a host that is rebooted lets the job end first, and says how it ended', async () => {
    await host.putBack('lab-sleep=1.0')
    await host.sleepFor(4)
    const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
    await host.sleeps()
    await web.reboot()
    const job = await host.job(job_id)
    assert.deepEqual(outcomes(job), [['lab-sleep', '1.0', '2.0', 'done']])
    assert.equal(job.status, 'completed')
  })

  await story(
    'a host that loses its power repairs itself, and the job tells the truth',
    async () => {
      await host.putBack('lab-sleep=1.0')
      await host.sleepFor(4)
      const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
      await host.sleeps()
      await web.cutPower()
      await web.start()
      const job = await host.job(job_id)
      assert.deepEqual(outcomes(job), [['lab-sleep', '1.0', '2.0', 'done']])
      assert.match(logOf(job), /needs repair/)
      assert.equal((await done(install('lab-svc'))).status, 'completed')
    },
  )
})

test(
  'a disk that is full stops a job until there is room, and harms nothing',
  { skip },
  async () => {
    await using host = await openOneHost({ packages: ['lab-hello=1.0'], disk: '400m' })
    const { api, done, web, lab } = host
    const install = (name: string) => api.installPackages({ packages: [{ name }] })

    const huge = await done(install('lab-huge'))
    assert.deepEqual(errorOf(huge), ['failed', 'PKG_MANAGER_ERROR'])
    assert.match(huge.result?.error?.message ?? '', /not enough room in \/.*MiB/)

    lab.repository.faults.bytes_per_second = MEGABYTE / 2
    const { job_id } = await install('lab-big')
    const partial = '/var/cache/apt/archives/partial/lab-big_2.0_all.deb'
    await until(
      'a part has come',
      async () => (await web.exec(['test', '-s', partial])).exitCode === 0,
    )
    await web.exec(['sh', '-c', 'cat /dev/zero >/fill'])
    lab.repository.faults.bytes_per_second = undefined
    await web.sh('sleep 10; rm /fill')
    const ended = await host.job(job_id)
    assert.equal(ended.status === 'completed', (await host.says('lab-big')) === 'ii 2.0')
    assert.equal(await host.audit(), '')
    assert.equal((await done(install('lab-big'))).status, 'completed')
    assert.equal((await api.getHealth()).status, 'healthy')
  },
)
