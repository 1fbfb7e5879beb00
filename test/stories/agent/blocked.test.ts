import assert from 'node:assert/strict'
import { livesByDnf } from '../../lab/root.ts'
import { onEachKind } from '../story-base.ts'
import { openOneHost, outcomes } from './one-host.ts'

const packages = [
  'lab-held=1:1.0-1',
  'lab-keptback=1.0-1',
  'lab-hello=1.0-1',
  'lab-conf=1.0-1',
  'lab-sleep=1.0-1',
]

/** How an administrator keeps lab-hello as it is, and what each kind of host has to say of updates besides. */
const peculiar = {
  apt: {
    packages: ['lab-phased=1.0-1'],
    keeping: {
      path: '/etc/apt/preferences.d/mine',
      text: 'Package: lab-hello\nPin: version 1.0-1\nPin-Priority: 1001\n',
    },
    reasons: { 'lab-hello': 'pinned', 'lab-phased': 'phased' },
    alone: "apt-get --simulate dist-upgrade | sed -n 's/^Inst \\(lab-[a-z]*\\) .*/\\1/p'",
  },
  dnf: {
    packages: [],
    keeping: {
      path: '/etc/dnf/dnf.conf',
      text: '[main]\ngpgcheck=1\nbest=True\nexcludepkgs=lab-hello\n',
    },
    reasons: { 'lab-hello': 'excluded' },
    alone:
      "dnf -C upgrade --assumeno --nobest | sed -n '/^Skipping/q; s/^ \\(lab-[a-z]*\\) .*/\\1/p'",
  },
}

onEachKind('an update that is not for now says why, and does not come', async (t, base) => {
  const { keeping, ...own } = peculiar[livesByDnf(base) ? 'dnf' : 'apt']
  await using host = await openOneHost({ base, packages: [...packages, ...own.packages] })
  const { api, done, kind, says, web } = host
  const expected = { 'lab-held': 'held', 'lab-keptback': 'kept_back', ...own.reasons }
  await host.hold('lab-held')
  await web.write(keeping.path, keeping.text)

  const reasons = async () => {
    const { patches } = await api.listPatches({ status: 'available' })
    const entries = patches.map(({ affected_packages: [name], blocked_by }) => [
      name,
      blocked_by?.reason ?? null,
    ])
    return Object.fromEntries(entries) as Record<string, string | null>
  }

  await t.test('each by its reason, among patches and packages alike', async () => {
    assert.deepEqual(await reasons(), { ...expected, 'lab-conf': null, 'lab-sleep': null })
    const listed = await api.listPackages({ name: 'lab-*' })
    const known = listed.packages.map(({ name, blocked_by }) => [name, blocked_by?.reason])
    for (const [name, reason] of Object.entries(expected))
      assert.deepEqual(
        known.find((one) => one[0] === name),
        [name, reason],
      )
  })

  await t.test('the package manager by itself would install none of them either', async () => {
    const names = (await web.sh(own.alone)).split('\n')
    assert.deepEqual(new Set(names), new Set(['lab-conf', 'lab-sleep']))
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
    for (const name of Object.keys(expected)) assert.match(await says(name), /^[hi]i (1:)?1\.0-1$/)
    assert.equal(await host.audit(), '')
  })

  if (kind === 'apt')
    await t.test(
      'with apt, a phased one comes to whoever names it, a pinned one does not',
      async () => {
        const phased = await done(api.updatePackage({ name: 'lab-phased' }))
        assert.deepEqual(outcomes(phased), [['lab-phased', '1.0-1', '1.1-1', 'done']])
        const pinned = await done(api.updatePackage({ name: 'lab-hello' }))
        assert.deepEqual([pinned.status, outcomes(pinned)], ['completed', []])
      },
    )

  await t.test(
    'a patch that is named although it is held is refused, and changes nothing',
    async () => {
      const { patches } = await api.listPatches({ status: 'available' })
      const held = patches.find(({ blocked_by }) => blocked_by?.reason === 'held')
      const starting = api.applyPatches({ patches: [held?.id ?? ''] })
      await assert.rejects(starting, { code: 'PKG_DEPENDENCY_ERROR' })
      assert.match(await says('lab-held'), /^[hi]i 1:1\.0-1$/)
    },
  )
})
