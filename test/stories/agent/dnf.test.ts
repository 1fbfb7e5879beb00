import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../needs.ts'
import { logOf, openOneHost, outcomes } from './one-host.ts'

const skip = skipWithout('dnf')
const packages = [
  'lab-lib=1.0-1',
  'lab-libtool=1.0-1',
  'lab-conf=1.0',
  'lab-newdep=1.0',
  'lab-keptback=1.0',
  'lab-held=1.0',
  'lab-fail=1.0',
  'lab-failpre=1.0',
  'lab-stuck',
  'kernel=5.14.0-1',
]
const refused = (code: string) => (error: { code?: string }) => {
  assert.equal(error.code, code)
  return true
}

test('what is asked of a host that lives by dnf is what becomes of it', { skip }, async (t) => {
  await using host = await openOneHost({ base: 'dnf', packages })
  const { api, done, says, web } = host
  const install = (name: string, version: string | null = null, options = {}) =>
    api.installPackages({ packages: [{ name, version }], options })
  const story = (title: string, tell: () => Promise<void>) =>
    t.test(title, async () => {
      await tell()
      assert.equal(await host.audit(), '')
    })
  const find = async (name: string) => (await api.listPackages({ name })).packages[0]

  await story('the list says what could be updated, and what is kept back and why', async () => {
    await web.sh('dnf -q versionlock add lab-held')
    const lib = await find('lab-lib')
    assert.deepEqual(
      [lib?.version, lib?.available_version, lib?.security, lib?.blocked_by],
      ['1.0-1', '1.0-2', true, null],
    )
    const conf = await find('lab-conf')
    assert.deepEqual([conf?.available_version, conf?.security], ['2.0-1', false])
    const held = await find('lab-held')
    assert.deepEqual([held?.available_version, held?.blocked_by?.reason], ['1:1.1-1', 'held'])
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

  await story('an install brings what is needed, and an update reaches its target', async () => {
    const job = await done(install('lab-hello', '1.0-1', { no_recommends: true }))
    assert.equal(job.status, 'completed', logOf(job))
    assert.deepEqual(outcomes(job), [
      ['lab-base', null, '1.0-1', 'done'],
      ['lab-hello', null, '1.0-1', 'done'],
    ])
    const answer = await api.updatePackage({ name: 'lab-hello' })
    assert.equal(answer.target_version, '1.1-1')
    assert.equal((await host.job(answer.job_id)).status, 'completed')
    assert.equal(await says('lab-hello'), 'ii 1.1-1')
  })

  await story('what no repository has is refused by name', async () => {
    await assert.rejects(install('lab-nothing'), refused('PKG_NOT_FOUND'))
    await assert.rejects(install('lab-hello', '9.9-1'), refused('PKG_VERSION_CONFLICT'))
    await assert.rejects(install('lab-broken'), refused('PKG_DEPENDENCY_ERROR'))
    await assert.rejects(install('lab-held'), refused('PKG_DEPENDENCY_ERROR'))
    await assert.rejects(
      api.applyPatches({ patches: ['RLSA-1999:0001'] }),
      refused('PATCH_NOT_FOUND'),
    )
  })

  await story('a patch is applied, and taken back', async () => {
    const job = await done(api.applyPatches({ patches: ['RLSA-2025:0001'] }))
    assert.equal(job.status, 'completed', logOf(job))
    assert.deepEqual(outcomes(job), [
      ['lab-lib', '1.0-1', '1.0-2', 'done'],
      ['lab-libtool', '1.0-1', '1.0-2', 'done'],
    ])
    assert.deepEqual(job.result?.rollback, { possible: true, reason: null })

    lab404(host, /lab-lib/)
    const back = await done(api.rollbackJob({ job_id: job.job_id }))
    lab404(host, undefined)
    assert.equal(back.status, 'completed', logOf(back))
    assert.equal(await says('lab-libtool'), 'ii 1.0-1')
  })

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
    const repaired = await done(install('lab-base'))
    assert.equal(repaired.status, 'completed', logOf(repaired))
    await done(install('lab-recommended'))
    assert.equal((await find('lab-fail'))?.status, 'installed')
  })
})

const lab404 = (
  { lab }: { lab: { rpms: { faults: { missing: RegExp | undefined } } } },
  what: RegExp | undefined,
) => {
  lab.rpms.faults.missing = what
}
