import assert from 'node:assert/strict'
import { onKind } from '../story-base.ts'
import { until } from '../until.ts'
import { logOf, openOneHost } from './one-host.ts'

const packages = ['lab-sleep=1.0-1', 'lab-lib=1.0-1', 'lab-libtool=1.0-1']
const REPOSITORIES = '/etc/yum.repos.d/lab.repo'

onKind(
  'dnf',
  'what dnf has to do with a repository, and its keys, is told as it is',
  async (t, base) => {
    await using host = await openOneHost({ base, packages })
    const { api, done, lab, web } = host
    const install = (name: string) => api.installPackages({ packages: [{ name }] })
    const find = async (name: string) => (await api.listPackages({ name })).packages[0]

    await t.test('a key that nobody has accepted is named, and not accepted', async () => {
      const keys = 'rpm -q gpg-pubkey | sort'
      const before = await web.sh(keys)
      const job = await done(install('lab-stranger'))
      assert.equal(job.status, 'failed')
      assert.match(job.result?.error?.message ?? '', /RPM-GPG-KEY-strangers/)
      assert.equal(await web.sh(keys), before)

      const unsigned = await done(install('lab-unsigned'))
      assert.match(
        unsigned.result?.error?.message ?? '',
        /lab-unsigned-1\.0-1\.noarch\.rpm is not signed/,
      )
    })

    await t.test(
      'lists that a strange key has signed are refused, and the key is named',
      async () => {
        await lab.rpms.sign('lab-extras')
        await web.sh(`cp ${REPOSITORIES} /root`)
        await web.sh(`sed -i '/lab-extras/,$ s/^gpgcheck=1/&\\nrepo_gpgcheck=1/' ${REPOSITORIES}`)
        const keys = 'rpm -q gpg-pubkey; find /var/cache/dnf -path "*pubring*" -type f | sort'
        const before = await web.sh(keys)
        const job = await done(api.refreshPackages({}))
        assert.equal(job.status, 'failed')
        const message = job.result?.error?.message ?? ''
        assert.match(message, /From +: \/etc\/pki\/rpm-gpg\/RPM-GPG-KEY-strangers/)
        assert.match(message, /repo\w* .lab-extras.: repomd\.xml GPG signature verification error/)
        assert.equal(await web.sh(keys), before)
        assert.notEqual((await api.listPackages({})).lists_failure, null)
        await web.sh(`cp /root/lab.repo ${REPOSITORIES}`)
        assert.equal((await done(api.refreshPackages({}))).status, 'completed')
      },
    )

    await t.test('a dnf that holds the lock is named, and waited for', async () => {
      await host.sleepFor(60)
      await web.sh(`systemd-run --quiet ${host.installing('lab-sleep=2.0-1')}`)
      await host.sleeps()
      const { job_id } = await install('lab-base')
      await until('the holder is named', async () =>
        /dnf \(pid \d+\)/.test((await api.getJob({ job_id })).message),
      )
      await host.sleepFor(0)
      const job = await host.job(job_id)
      assert.equal(job.status, 'completed', logOf(job))
    })

    await t.test('a repository that is gone is told once, and the lists to be old', async () => {
      lab.rpms.faults.missing = /repomd/
      const job = await done(api.refreshPackages({}))
      lab.rpms.faults.missing = undefined
      assert.equal(job.status, 'failed')
      const message = job.result?.error?.message ?? ''
      assert.match(message, /Status code: 404 for http\S+repomd\.xml/)
      assert.equal(message.match(/Failed to download metadata/g)?.length, 1, message)
      assert.ok((await api.listPackages({})).lists_failure)
      assert.equal((await find('lab-lib'))?.available_version, '1.0-2')
    })

    await t.test('without advisories, the security of an update is unknown', async () => {
      await lab.rpms.advise('lab', '<?xml version="1.0"?>\n<updates></updates>\n')
      const refreshed = await done(api.refreshPackages({}))
      assert.equal(refreshed.status, 'completed', logOf(refreshed))
      const lib = await find('lab-lib')
      assert.deepEqual([lib?.upgradable, lib?.security], [true, null])
      const { patches } = await api.listPatches({})
      const patch = patches.find(({ affected_packages }) => affected_packages.includes('lab-lib'))
      assert.match(patch?.description ?? '', /closes a hole is unknown/)
    })

    await t.test(
      'a version that its repository has no more is not promised to come back',
      async () => {
        lab.rpms.faults.missing = /lab-lib(tool)?-1\.0-1/
        const job = await done(api.updatePackage({ name: 'lab-lib' }))
        assert.equal(job.status, 'completed', logOf(job))
        assert.equal(job.result?.rollback?.possible, false)
      },
    )
  },
)
