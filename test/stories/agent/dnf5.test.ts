import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../needs.ts'
import { logOf, openOneHost, outcomes } from './one-host.ts'

const skip = skipWithout('dnf')
const packages = [
  'lab-lib=1.0-1',
  'lab-libtool=1.0-1',
  'lab-held=1.0',
  'lab-keptback=1.0',
  'lab-fail=1.0',
]

test('a host with dnf 5 is asked and changed like one with dnf 4', { skip }, async (t) => {
  await using host = await openOneHost({ base: 'dnf5', packages })
  const { api, done, says, web } = host
  const find = async (name: string) => (await api.listPackages({ name })).packages[0]

  await t.test('the list says what is kept back, and by whom', async () => {
    await web.sh('dnf -q versionlock add lab-held')
    assert.equal((await find('lab-held'))?.blocked_by?.reason, 'held')
    assert.match((await find('lab-keptback'))?.blocked_by?.detail ?? '', /nothing provides/)
  })

  await t.test('a patch does what its preview said, and is taken back', async () => {
    const wanted = { patches: ['RLSA-2025:0001'] }
    const before = await host.state()
    const { digest } = await api.previewPatches(wanted)
    assert.equal(await host.state(), before)
    const job = await done(api.applyPatches({ ...wanted, expected_digest: digest }))
    assert.deepEqual(outcomes(job), [
      ['lab-lib', '1.0-1', '1.0-2', 'done'],
      ['lab-libtool', '1.0-1', '1.0-2', 'done'],
    ])
    const back = await done(api.rollbackJob({ job_id: job.job_id }))
    assert.equal(back.status, 'completed', logOf(back))
    assert.equal(await host.state(), before)
  })

  await t.test('a key that nobody has accepted is named, and not accepted', async () => {
    const job = await done(api.installPackages({ packages: [{ name: 'lab-stranger' }] }))
    assert.match(job.result?.error?.message ?? '', /RPM-GPG-KEY-strangers/)
    assert.equal(await says('lab-stranger'), '')
  })

  await t.test('a scriptlet that fails is told in its own words, and repaired', async () => {
    const job = await done(api.updatePackage({ name: 'lab-fail' }))
    assert.deepEqual(outcomes(job), [['lab-fail', '1.0-1', '2.0-1', 'broken']])
    assert.match(job.result?.error?.message ?? '', /scriptlet failed, exit status 7/)
    await web.write('/etc/lab-fail-ok', '')
    await done(api.installPackages({ packages: [{ name: 'lab-base' }] }))
    assert.equal((await find('lab-fail'))?.status, 'installed')
    assert.equal(await host.audit(), '')
  })
})
