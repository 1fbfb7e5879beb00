import assert from 'node:assert/strict'
import { Failure } from '@linux-patch/shared/failure'
import { onEachKind } from '../story-base.ts'
import { errorOf, openOneHost, outcomes } from './one-host.ts'

const packages = [
  'lab-hello=1.0-1',
  'lab-newdep=1.0-1',
  'lab-kernelish=1.0-1',
  'lab-conflict=1.0-1',
]
const more = ['lab-victim', 'lab-lib=1.0-1', 'lab-libtool=1.0-1', 'lab-sleep=1.0-1']

const failureOf = async (asked: Promise<unknown>): Promise<Failure> =>
  asked.then(
    () => assert.fail('It was not refused.'),
    (error: unknown) => {
      assert.ok(error instanceof Failure, String(error))
      return error
    },
  )

onEachKind('a preview says what runs, and a job bound to it runs nothing else', async (t, base) => {
  await using host = await openOneHost({ base, packages: [...packages, ...more] })
  const { api, done, kind, repository, says, web } = host
  const toConf = { packages: [{ name: 'lab-conf', version: '1.0-1' }] }

  await t.test(
    'a preview names versions, origins, sizes and disks, and changes nothing',
    async () => {
      const before = await host.state()
      const preview = await api.previewUpdate({ name: 'lab-newdep' })
      assert.deepEqual(
        preview.changes
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
          .map(({ name, action, version_before, version_planned, security }) => [
            name,
            action,
            version_before,
            version_planned,
            security,
          ]),
        [
          ['lab-extra', 'install', null, '1.0-1', true],
          ['lab-newdep', 'upgrade', '1.0-1', '2.0-1', true],
        ],
      )
      for (const { origins, download_bytes } of preview.changes) {
        assert.match(origins.join(), kind === 'apt' ? /-security$/i : /^lab$/)
        assert.ok((download_bytes ?? 0) > 0)
      }
      const bytes = preview.changes.map(({ download_bytes }) => download_bytes ?? 0)
      assert.equal(preview.download_bytes, bytes[0]! + bytes[1]!)
      assert.ok(preview.disk.every(({ free_bytes }) => free_bytes > 0))
      assert.deepEqual(preview.rollback, { possible: true, reason: null })
      assert.equal((await api.previewUpdate({ name: 'lab-newdep' })).digest, preview.digest)
      assert.equal(await host.state(), before)
      assert.equal((await api.listJobs()).total, 0)
    },
  )

  await t.test('a preview names the services that run what would change', async () => {
    await host.install('lab-svc=1.0-1')
    const { services_to_restart } = await api.previewUpdate({ name: 'lab-svc' })
    assert.deepEqual(services_to_restart, ['lab-svc.service'])
    assert.deepEqual((await api.previewUpdate({ name: 'lab-lib' })).services_to_restart, [])
  })

  await t.test('a preview of what removes another package is refused as its job is', async () => {
    const asked = api.previewUpdate({ name: 'lab-conflict' })
    assert.equal((await failureOf(asked)).code, 'PKG_DEPENDENCY_ERROR')
  })

  await t.test('a preview of a patch that wants a reboot says so', async () => {
    const { patches } = await api.listPatches({ status: 'available' })
    const patch = patches.find(({ affected_packages }) => affected_packages[0] === 'lab-lib')
    assert.deepEqual(patch?.affected_packages.toSorted(), ['lab-lib', 'lab-libtool'])
    const preview = await api.previewPatches({ patches: [patch?.id ?? ''] })
    assert.deepEqual(preview.changes.map(({ name }) => name).toSorted(), ['lab-lib', 'lab-libtool'])
    assert.equal(preview.reboot_required, false)
  })

  await t.test('a job bound to what was previewed does exactly that', async () => {
    const { digest, changes } = await api.previewUpdate({ name: 'lab-newdep' })
    const job = await done(api.updatePackage({ name: 'lab-newdep', expected_digest: digest }))
    assert.equal(job.status, 'completed')
    assert.deepEqual(
      outcomes(job),
      changes
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, version_before, version_planned }) => [
          name,
          version_before,
          version_planned,
          'done',
        ]),
    )
  })

  await t.test('all patches, bound to their preview, are what the preview said', async () => {
    const options = { exclude_packages: ['lab-sleep', 'lab-conflict', 'lab-hello'] }
    const preview = await api.previewPatches({ options })
    const job = await done(api.applyPatches({ options, expected_digest: preview.digest }))
    assert.equal(job.status, 'completed')
    assert.deepEqual(
      outcomes(job).map(([name]) => name),
      preview.changes.map(({ name }) => name).toSorted(),
    )
  })

  await t.test('where the world has moved, the job is refused with the difference', async () => {
    const previewed = await api.previewInstall({ packages: [{ name: 'lab-needs-mta' }] })
    await repository.publish({
      name: 'lab-needs-mta',
      version: '2.0-1',
      needs: ['lab-mta', 'lab-recommended'],
    })
    await host.remove('lab-recommended')
    await host.refresh()
    const [before, jobs] = [await host.state(), (await api.listJobs()).total]
    const drift = await failureOf(
      api.installPackages({
        packages: [{ name: 'lab-needs-mta' }],
        expected_digest: previewed.digest,
      }),
    )
    assert.equal(drift.code, 'PLAN_DRIFT')
    const { actual, ...difference } = drift.details
    assert.deepEqual(difference, {
      expected: previewed.digest,
      added: ['lab-recommended'],
      removed: [],
      changed: ['lab-needs-mta'],
    })
    const anew = await api.previewInstall({ packages: [{ name: 'lab-needs-mta' }] })
    assert.equal(actual, anew.digest)
    assert.deepEqual([await host.state(), (await api.listJobs()).total], [before, jobs])
  })

  await t.test(
    'where it moves after the job was taken, the job fails and changes nothing',
    async () => {
      await host.remove('lab-hello', 'lab-base')
      const previewed = await api.previewInstall({ packages: [{ name: 'lab-hello' }] })
      await host.sleepFor(3)
      const mover = await api.installPackages({
        packages: [{ name: 'lab-base' }, { name: 'lab-sleep' }],
      })
      const bound = await api.installPackages({
        packages: [{ name: 'lab-hello' }],
        expected_digest: previewed.digest,
      })
      await host.sleeps()
      const refusal = await failureOf(api.previewInstall(toConf))
      assert.deepEqual([refusal.code, refusal.details['reason']], ['JOB_CONFLICT', 'job_at_work'])
      assert.equal((await host.job(mover.job_id)).status, 'completed')
      const job = await host.job(bound.job_id)
      assert.deepEqual(errorOf(job), ['failed', 'PLAN_DRIFT'])
      assert.match(job.result?.error?.message ?? '', /removed: lab-base/)
      assert.notEqual((await says('lab-hello')).slice(0, 2), 'ii')
    },
  )

  if (kind === 'apt')
    await t.test('with apt, what changed twice within one second is seen as it is', async () => {
      const status = '/var/lib/dpkg/status'
      await host.putBack('lab-kernelish=2.0-1')
      assert.deepEqual((await api.previewUpdate({ name: 'lab-kernelish' })).changes, [])
      // apt takes its cache for good by the size of this file and the second of its time.
      await web.sh(`touch -r ${status} /root/second`)
      await host.putBack('lab-kernelish=1.0-1')
      await web.sh(`touch -r /root/second ${status}`)
      const { changes } = await api.previewUpdate({ name: 'lab-kernelish' })
      assert.deepEqual(
        changes.map(({ name, version_before, version_planned }) => [
          name,
          version_before,
          version_planned,
        ]),
        [['lab-kernelish', '1.0-1', '2.0-1']],
      )
      await web.sh(`touch ${status}`)
    })

  await t.test('a digest that nobody previewed here is refused as well', async () => {
    const expected_digest = `sha256:${'0'.repeat(64)}`
    const drift = await failureOf(api.installPackages({ ...toConf, expected_digest }))
    assert.equal(drift.code, 'PLAN_DRIFT')
    assert.equal(drift.details['added'], null)
  })
})
