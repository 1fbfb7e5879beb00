import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../needs.ts'
import { openOneHost, outcomes } from './one-host.ts'

const skip = skipWithout('lab')
const packages = [
  'lab-held=1:1.0-1',
  'lab-phased=1.0-1',
  'lab-keptback=1.0-1',
  'lab-hello=1.0-1',
  'lab-conf=1.0-1',
  'lab-sleep=1.0-1',
]
const blocked = ['lab-held', 'lab-hello', 'lab-keptback', 'lab-phased']
const pin = 'Package: lab-hello\nPin: version 1.0-1\nPin-Priority: 1001\n'

test('an update that is not for now says why, and does not come', { skip }, async (t) => {
  await using host = await openOneHost({ packages })
  const { api, done, says, web } = host
  await web.sh('apt-mark hold lab-held')
  await web.write('/etc/apt/preferences.d/mine', pin)

  const reasons = async () => {
    const { patches } = await api.listPatches({ status: 'available' })
    const entries = patches.map(({ affected_packages: [name], blocked_by }) => [
      name,
      blocked_by?.reason ?? null,
    ])
    return Object.fromEntries(entries) as Record<string, string | null>
  }

  await t.test('each by its reason, among patches and packages alike', async () => {
    const expected = {
      'lab-held': 'held',
      'lab-hello': 'pinned',
      'lab-keptback': 'kept_back',
      'lab-phased': 'phased',
    }
    assert.deepEqual(await reasons(), { ...expected, 'lab-conf': null, 'lab-sleep': null })
    const listed = await api.listPackages({ name: 'lab-*' })
    const known = listed.packages.map(({ name, blocked_by }) => [name, blocked_by?.reason])
    for (const [name, reason] of Object.entries(expected))
      assert.deepEqual(
        known.find((one) => one[0] === name),
        [name, reason],
      )
  })

  await t.test('apt by itself would install none of them either', async () => {
    const printed = await web.sh('apt-get --simulate dist-upgrade')
    const upgraded = [...printed.matchAll(/^Inst (lab-\S+)/gm)].map(([, name]) => name)
    assert.deepEqual(new Set(upgraded), new Set(['lab-conf', 'lab-sleep']))
  })

  await t.test('what a job at work leaves out is excluded, for as long as it runs', async () => {
    await host.sleepFor(3)
    const options = { exclude_packages: ['lab-conf'] }
    const { job_id } = await api.applyPatches({ options })
    await host.sleeps()
    assert.equal((await reasons())['lab-conf'], 'excluded')
    const job = await host.job(job_id)
    assert.deepEqual(
      [job.status, outcomes(job)],
      ['completed', [['lab-sleep', '1.0-1', '2.0-1', 'done']]],
    )
    assert.equal((await reasons())['lab-conf'], null)
  })

  await t.test('all patches are all but those', async () => {
    const job = await done(api.applyPatches({}))
    assert.deepEqual(outcomes(job), [['lab-conf', '1.0-1', '2.0-1', 'done']])
    for (const name of blocked) assert.match(await says(name), /^[hi]i (1:)?1\.0-1$/)
    assert.equal(await host.audit(), '')
  })

  await t.test('a phased one comes to whoever names it, a pinned one does not', async () => {
    const phased = await done(api.updatePackage({ name: 'lab-phased' }))
    assert.deepEqual(outcomes(phased), [['lab-phased', '1.0-1', '1.1-1', 'done']])
    const pinned = await done(api.updatePackage({ name: 'lab-hello' }))
    assert.deepEqual([pinned.status, outcomes(pinned)], ['completed', []])
  })

  await t.test(
    'a patch that is named although it is held is refused, and changes nothing',
    async () => {
      const { patches } = await api.listPatches({ status: 'available' })
      const held = patches.find(({ blocked_by }) => blocked_by?.reason === 'held')
      const starting = api.applyPatches({ patches: [held?.id ?? ''] })
      await assert.rejects(starting, { code: 'PKG_DEPENDENCY_ERROR' })
      assert.equal(await says('lab-held'), 'hi 1:1.0-1')
    },
  )
})
