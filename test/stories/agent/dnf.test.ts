import assert from 'node:assert/strict'
import { onKind } from '../story-base.ts'
import { logOf, openOneHost, outcomes } from './one-host.ts'

const packages = [
  'lab-lib=1.0-1',
  'lab-libtool=1.0-1',
  'lab-conf=1.0-1',
  'lab-keptback=1.0-1',
  'lab-fail=1.0-1',
  'kernel=5.14.0-1',
]

onKind('dnf', 'what only hosts that live by dnf have is shown and done', async (t, base) => {
  await using host = await openOneHost({ base, packages })
  const { api, done, says, web } = host
  const story = (title: string, tell: () => Promise<void>) =>
    t.test(title, async () => {
      await tell()
      assert.equal(await host.audit(), '')
    })
  const find = async (name: string) => (await api.listPackages({ name })).packages[0]

  await story('the list says why dnf keeps an update back, in its words', async () => {
    const kept = await find('lab-keptback')
    assert.equal(kept?.blocked_by?.reason, 'kept_back')
    assert.match(kept?.blocked_by?.detail ?? '', /nothing provides lab-does-not-exist/)
  })

  await story('patches are the advisories of the repositories', async () => {
    const { patches } = await api.listPatches({})
    const lib = patches.find(({ id }) => id === 'RLSA-2025:0001')
    assert.deepEqual(
      [lib?.severity, lib?.cve_ids, lib?.affected_packages, lib?.published_date],
      [
        'high',
        ['CVE-2025-10001', 'CVE-2025-10002'],
        ['lab-lib', 'lab-libtool'],
        '2025-03-04T10:00:00.000Z',
      ],
    )
    const kernel = patches.find(({ id }) => id === 'RLSA-2025:0002')
    assert.deepEqual([kernel?.severity, kernel?.requires_reboot], ['critical', true])
    const bugfix = patches.find(({ id }) => id === 'RLBA-2025:0005')
    assert.deepEqual([bugfix?.severity, bugfix?.security], ['low', false])
  })

  await story(
    'an advisory is applied by its name, and one that nobody knows is refused',
    async () => {
      await assert.rejects(api.applyPatches({ patches: ['RLSA-1999:0001'] }), {
        code: 'PATCH_NOT_FOUND',
      })
      const job = await done(api.applyPatches({ patches: ['RLSA-2025:0001'] }))
      assert.equal(job.status, 'completed', logOf(job))
      assert.deepEqual(outcomes(job), [
        ['lab-lib', '1.0-1', '1.0-2', 'done'],
        ['lab-libtool', '1.0-1', '1.0-2', 'done'],
      ])
    },
  )

  await story('a kernel comes beside the one that is there, and goes again', async () => {
    const job = await done(api.updatePackage({ name: 'kernel' }))
    assert.equal(job.status, 'completed', logOf(job))
    assert.equal(await web.sh('rpm -q kernel'), 'kernel-5.14.0-1.noarch\nkernel-5.14.0-2.noarch')
    const { packages: kernels } = await api.listPackages({ name: 'kernel*' })
    assert.deepEqual(
      kernels.map(({ name }) => name),
      ['kernel', 'kernel-5.14.0-1'],
    )
    const back = await done(api.rollbackJob({ job_id: job.job_id }))
    assert.equal(back.status, 'completed', logOf(back))
    assert.equal(await says('kernel'), 'ii 5.14.0-1')
  })

  await story('a scriptlet that fails fails the job, although dnf is content', async () => {
    const job = await done(api.updatePackage({ name: 'lab-fail' }))
    assert.equal(job.status, 'failed')
    assert.deepEqual(outcomes(job), [['lab-fail', '1.0-1', '2.0-1', 'broken']])
    assert.match(
      job.result?.error?.message ?? '',
      /%post\(lab-fail-2\.0-1\.noarch\) scriptlet failed, exit status 7/,
    )
    assert.equal((await find('lab-fail'))?.status, 'broken')

    await web.write('/etc/lab-fail-ok', '')
    const repaired = await done(api.installPackages({ packages: [{ name: 'lab-base' }] }))
    assert.equal(repaired.status, 'completed', logOf(repaired))
    assert.equal((await find('lab-fail'))?.status, 'installed')
  })
})
