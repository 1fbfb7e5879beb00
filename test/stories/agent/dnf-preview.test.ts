import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { skipWithout } from '../../needs.ts'
import { logOf, openOneHost, outcomes } from './one-host.ts'

const skip = skipWithout('dnf')
const packages = ['lab-newdep=1.0', 'lab-lib=1.0-1', 'lab-libtool=1.0-1', 'lab-svc=1.0']
const more = ['lab-hello=1.0', 'lab-conf=1.0', 'lab-ma=1.0']

test('with dnf, what is previewed, excluded and removed is what was said', { skip }, async (t) => {
  await using host = await openOneHost({ base: 'dnf', packages: [...packages, ...more] })
  const { api, done, says, web, lab } = host

  await t.test('a preview says what would come, and changes nothing', async () => {
    const before = await host.state()
    const preview = await api.previewUpdate({ name: 'lab-newdep' })
    assert.deepEqual(
      preview.changes
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, action, version_before, version_planned, security, origins }) => [
          name,
          action,
          version_before,
          version_planned,
          security,
          origins,
        ]),
      [
        ['lab-extra', 'install', null, '1.0-1', false, ['lab']],
        ['lab-newdep', 'upgrade', '1.0-1', '2.0-1', true, ['lab']],
      ],
    )
    assert.ok(preview.download_bytes > 0)
    assert.deepEqual(preview.rollback, { possible: true, reason: null })
    assert.equal(await host.state(), before)
  })

  await t.test('a preview names the services that it would restart', async () => {
    const { services_to_restart } = await api.previewUpdate({ name: 'lab-svc' })
    assert.deepEqual(services_to_restart, ['lab-svc.service'])
    assert.deepEqual((await api.previewUpdate({ name: 'lab-lib' })).services_to_restart, [])
  })

  await t.test('what an administrator excludes is shown as excluded', async () => {
    await web.sh('cp /etc/dnf/dnf.conf /root; echo excludepkgs=lab-conf >>/etc/dnf/dnf.conf')
    const conf = (await api.listPackages({ name: 'lab-conf' })).packages[0]
    assert.deepEqual([conf?.available_version, conf?.blocked_by?.reason], ['2.0-1', 'excluded'])
    await web.sh('cp /root/dnf.conf /etc/dnf')
  })

  await t.test('what a job is to leave alone is left, and all else is updated', async () => {
    const options = { exclude_packages: ['lab-hello', 'lab-ma'] }
    const { digest, changes } = await api.previewPatches({ options })
    const job = await done(api.applyPatches({ options, expected_digest: digest }), 120)
    assert.equal(job.status, 'completed', logOf(job))
    const names = ['lab-conf', 'lab-extra', 'lab-lib', 'lab-libtool', 'lab-newdep', 'lab-svc']
    assert.deepEqual(
      outcomes(job).map(([name]) => name),
      names,
    )
    assert.deepEqual(changes.map(({ name }) => name).toSorted(), names)
    assert.equal(await says('lab-hello'), 'ii 1.0-1')
  })

  await t.test('a removal takes nothing else along, but by force', async () => {
    await assert.rejects(api.removePackage({ name: 'lab-lib' }), {
      code: 'PKG_DEPENDENCY_ERROR',
      message: /lab-libtool could not stay/,
    })
    const before = await host.state()
    const job = await done(api.removePackage({ name: 'lab-lib', force: true }))
    assert.equal(job.status, 'completed', logOf(job))
    assert.deepEqual(outcomes(job), [
      ['lab-lib', '1.0-2', null, 'done'],
      ['lab-libtool', '1.0-2', null, 'done'],
    ])
    const back = await done(api.rollbackJob({ job_id: job.job_id }))
    assert.equal(back.status, 'completed', logOf(back))
    assert.equal(await host.state(), before)
  })

  await t.test('where the world has moved, the job is refused with the difference', async () => {
    const asked = { packages: [{ name: 'lab-needs-mta' }] }
    const { digest } = await api.previewInstall(asked)
    const fields = ['Requires: lab-mta', 'Requires: lab-recommended']
    await web.sh('dnf -q -y remove lab-recommended')
    await lab.rpms.add({ name: 'lab-needs-mta', version: '2.0', repository: 'lab', fields })
    await host.refresh()
    const before = await host.state()
    await assert.rejects(
      api.installPackages({ ...asked, expected_digest: digest }),
      (error: Failure) => {
        assert.deepEqual([error.code, error.details['added']], ['PLAN_DRIFT', ['lab-recommended']])
        assert.deepEqual(error.details['changed'], ['lab-needs-mta'])
        return true
      },
    )
    assert.equal(await host.state(), before)
  })

  await t.test(
    'a repository that says nothing of its updates leaves their security open',
    async () => {
      const { patches } = await api.listPatches({})
      const hello = patches.find(({ affected_packages }) => affected_packages.includes('lab-hello'))
      assert.match(hello?.description ?? '', /closes a hole is unknown/)
      const {
        packages: [found],
      } = await api.listPackages({ name: 'lab-hello' })
      assert.deepEqual([found?.upgradable, found?.security], [true, null])
    },
  )
})
