import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../needs.ts'
import { until } from '../until.ts'
import { logOf, openOneHost, outcomes } from './one-host.ts'

const skip = skipWithout('dnf')
const open = (...packages: string[]) => openOneHost({ base: 'dnf', packages })

test(
  'an agent that is killed in the middle of a transaction finds it again',
  { skip },
  async () => {
    await using host = await open('lab-sleep=1.0')
    const { api, web } = host
    await host.sleepFor(6)
    const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
    await host.sleeps()
    await web.kill('SIGKILL')

    const job = await host.job(job_id, 120)
    assert.equal(job.status, 'completed', logOf(job))
    assert.equal(await host.says('lab-sleep'), 'ii 2.0-1')
    assert.equal(await host.audit(), '')
  },
)

test('what a killed dnf leaves is repaired to where it was going', { skip }, async () => {
  await using host = await open('lab-sleep=1.0')
  const { api, web } = host
  await host.sleepFor(60)
  const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
  await host.sleeps()
  await web.kill('SIGKILL', `linux-patch-job-${job_id}-install.service`)
  await host.sleepFor(0)

  const job = await host.job(job_id, 120)
  assert.deepEqual(outcomes(job), [['lab-sleep', '1.0-1', '2.0-1', 'done']], logOf(job))
  assert.equal(await host.says('lab-sleep'), 'ii 2.0-1')
  assert.equal(await host.audit(), '')
})

test('a key that nobody has accepted is named, and not accepted', { skip }, async () => {
  await using host = await open()
  const { api, done, web } = host
  const keys = 'rpm -q gpg-pubkey | sort'
  const before = await web.sh(keys)
  const job = await done(api.installPackages({ packages: [{ name: 'lab-stranger' }] }))
  assert.equal(job.status, 'failed')
  assert.match(job.result?.error?.message ?? '', /RPM-GPG-KEY-strangers/)
  assert.equal(await web.sh(keys), before)

  const unsigned = await done(api.installPackages({ packages: [{ name: 'lab-unsigned' }] }))
  assert.match(
    unsigned.result?.error?.message ?? '',
    /lab-unsigned-1\.0-1\.noarch\.rpm is not signed/,
  )
})

test(
  'package lists that a strange key has signed are refused, and the key is named',
  { skip },
  async () => {
    await using host = await open()
    const { api, done, lab, web } = host
    await lab.rpms.sign('lab-extras')
    await web.sh(
      "sed -i '/lab-extras/,$ s/^gpgcheck=1/&\\nrepo_gpgcheck=1/' /etc/yum.repos.d/lab.repo",
    )
    const keys = 'rpm -q gpg-pubkey; find /var/cache/dnf -path "*pubring*" -type f | sort'
    const before = await web.sh(keys)
    const job = await done(api.refreshPackages({}))
    assert.equal(job.status, 'failed')
    const message = job.result?.error?.message ?? ''
    assert.match(message, /From +: \/etc\/pki\/rpm-gpg\/RPM-GPG-KEY-strangers/)
    assert.match(message, /repo\w* .lab-extras.: repomd\.xml GPG signature verification error/)
    assert.equal(await web.sh(keys), before)
    assert.notEqual((await api.listPackages({})).lists_failure, null)
  },
)

test('whoever holds the lock is named, and waited for', { skip }, async () => {
  await using host = await open('lab-sleep=1.0')
  const { api, web } = host
  await host.sleepFor(15)
  await web.sh('systemd-run --quiet dnf -y upgrade lab-sleep')
  await host.sleeps()

  const { job_id } = await api.installPackages({ packages: [{ name: 'lab-base' }] })
  await until('the holder is named', async () =>
    /dnf \(pid \d+\)/.test((await api.getJob({ job_id })).message),
  )
  await host.sleepFor(0)
  const job = await host.job(job_id, 120)
  assert.equal(job.status, 'completed', logOf(job))
})

test(
  'a repository that is gone fails the refresh, and the lists are told to be old',
  { skip },
  async () => {
    await using host = await open('lab-lib=1.0-1')
    const { api, done, lab } = host
    lab.rpms.faults.missing = /repomd/
    const job = await done(api.refreshPackages({}))
    assert.equal(job.status, 'failed')
    const message = job.result?.error?.message ?? ''
    assert.match(message, /Status code: 404 for http\S+repomd\.xml/)
    assert.equal(message.match(/Failed to download metadata/g)?.length, 1, message)
    const { lists_failure, packages } = await api.listPackages({ name: 'lab-lib' })
    assert.ok(lists_failure)
    assert.equal(packages[0]?.available_version, '1.0-2')
  },
)

test(
  'a version that is gone from its repository is not promised to come back',
  { skip },
  async () => {
    await using host = await open('lab-lib=1.0-1', 'lab-libtool=1.0-1')
    const { api, done, lab } = host
    lab.rpms.faults.missing = /lab-lib(tool)?-1\.0-1/
    const job = await done(api.applyPatches({ patches: ['RLSA-2025:0001'] }))
    assert.equal(job.status, 'completed', logOf(job))
    assert.equal(job.result?.rollback?.possible, false)
  },
)

test('without advisories, the security of an update is unknown', { skip }, async () => {
  await using host = await open('lab-lib=1.0-1')
  const { api, done, lab } = host
  await lab.rpms.advise('lab', '<?xml version="1.0"?>\n<updates></updates>\n')
  const refreshed = await done(api.refreshPackages({}))
  assert.equal(refreshed.status, 'completed', logOf(refreshed))
  const { packages } = await api.listPackages({ name: 'lab-lib' })
  assert.deepEqual([packages[0]?.upgradable, packages[0]?.security], [true, null])
})
