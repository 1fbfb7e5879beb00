import assert from 'node:assert/strict'
import { onEachKind } from '../story-base.ts'
import { errorOf, openOneHost, outcomes } from './one-host.ts'

const CONF = '/etc/lab-conf.conf'
const packages = [
  'lab-lib=1.0-1',
  'lab-libtool=1.0-1',
  'lab-conf=1.0-1',
  'lab-newdep=1.0-1',
  'lab-keptback=1.0-1',
  'lab-held=1:1.0-1',
  'lab-fail=1.0-1',
  'lab-stuck',
  'lab-svc=1.0-1',
]
/** What the kinds of hosts have no common name for. */
const peculiar = {
  apt: {
    essential: ['base-files', 'dpkg', 'bash'],
    file: '/usr/share/doc/lab-hello/VERSION',
    foreign: {
      architecture: 'i386',
      beside: 'amd64',
      allowing: 'dpkg --add-architecture i386; apt-get -qq update',
    },
  },
  dnf: {
    essential: ['lab-os'],
    file: '/usr/share/doc/lab-hello-1.0/VERSION',
    foreign: {
      architecture: 'i686',
      beside: 'x86_64',
      allowing: 'true',
    },
  },
} as const
const refused = (code: string) => (error: { code?: string }) => {
  assert.equal(error.code, code)
  return true
}

onEachKind('what is asked of one host is what becomes of its packages', async (t, base) => {
  await using host = await openOneHost({ base, packages })
  const { api, done, says, isAutomatic, kind, web } = host
  const { essential, file, foreign } = peculiar[kind]
  const install = (name: string, version: string | null = null, options = {}) =>
    api.installPackages({ packages: [{ name, version }], options })
  const story = (title: string, tell: () => Promise<void>) =>
    t.test(title, async () => {
      await tell()
      assert.equal(await host.audit(), '')
    })

  await story('an install without recommendations brings what is needed and no more', async () => {
    const job = await done(install('lab-hello', '1.0-1', { no_recommends: true }))
    assert.equal(job.status, 'completed')
    assert.deepEqual(outcomes(job), [
      ['lab-base', null, '1.0-1', 'done'],
      ['lab-hello', null, '1.0-1', 'done'],
    ])
    assert.match(await says('lab-recommended'), /^(un .*)?$/)
    assert.deepEqual([await isAutomatic('lab-base'), await isAutomatic('lab-hello')], [true, false])
  })

  await story('an update names its target and reaches it', async () => {
    const answer = await api.updatePackage({ name: 'lab-hello' })
    assert.equal(answer.target_version, '1.1-1')
    const job = await host.job(answer.job_id)
    assert.deepEqual(job.result?.packages_installed.includes('lab-hello'), true)
    assert.equal(await says('lab-hello'), 'ii 1.1-1')
  })

  await story('a downgrade is refused, and happens where it was allowed', async () => {
    await assert.rejects(install('lab-hello', '1.0-1'), refused('PKG_VERSION_CONFLICT'))
    const options = { allow_downgrade: true }
    await assert.rejects(
      api.updatePackage({ name: 'lab-hello', version: '1.0-1' }),
      refused('PKG_VERSION_CONFLICT'),
    )
    const job = await done(api.updatePackage({ name: 'lab-hello', version: '1.0-1', options }))
    assert.deepEqual(outcomes(job), [['lab-hello', '1.1-1', '1.0-1', 'done']])
    assert.equal(job.result?.changes[0]?.action, 'downgrade')
  })

  await story('force installs the same version again', async () => {
    await web.sh(`rm ${file}`)
    const job = await done(install('lab-hello', '1.0-1', { force: true }))
    assert.deepEqual(
      job.result?.changes.map(({ action, outcome }) => [action, outcome]),
      [['reinstall', 'done']],
    )
    assert.match(await web.read(file), /^lab-hello 1\.0/)
  })

  await story('what is installed already is a job that does nothing, and completes', async () => {
    const job = await done(install('lab-hello', '1.0-1'))
    assert.deepEqual([job.status, outcomes(job)], ['completed', []])
  })

  await story('a removal that others do not survive is refused without force', async () => {
    await assert.rejects(api.removePackage({ name: 'lab-lib' }), refused('PKG_DEPENDENCY_ERROR'))
    assert.equal(await says('lab-libtool'), 'ii 1.0-1')
  })

  await story('two packages that need one version of each other move together', async () => {
    const job = await done(api.updatePackage({ name: 'lab-libtool' }))
    assert.deepEqual(outcomes(job), [
      ['lab-lib', '1.0-1', '1.0-2', 'done'],
      ['lab-libtool', '1.0-1', '1.0-2', 'done'],
    ])
  })

  await story('a forced removal takes those along that depend on it', async () => {
    const job = await done(api.removePackage({ name: 'lab-lib', force: true }))
    assert.deepEqual(outcomes(job), [
      ['lab-lib', '1.0-2', null, 'done'],
      ['lab-libtool', '1.0-2', null, 'done'],
    ])
  })

  await story('what a host cannot do without is never removed, by force neither', async () => {
    for (const name of essential)
      await assert.rejects(
        api.removePackage({ name, force: true, purge: true }),
        refused('PKG_DEPENDENCY_ERROR'),
      )
    assert.match(await says(essential[0]), /^ii /)
  })

  await story('what is not there cannot be removed', async () => {
    await assert.rejects(api.removePackage({ name: 'lab-big' }), refused('PKG_NOT_FOUND'))
  })

  await story('a package that refuses to go is told, and stays', async () => {
    const job = await done(api.removePackage({ name: 'lab-stuck' }))
    assert.deepEqual(errorOf(job), ['failed', 'PKG_MANAGER_ERROR'])
    assert.match(job.result?.error?.message ?? '', /prerm|lab-stuck/)
    assert.match(await says('lab-stuck'), /^.i 1\.0-1/)
  })

  await story('the configuration that the administrator changed outlives the update', async () => {
    await web.write(CONF, 'mine\n')
    const job = await done(api.updatePackage({ name: 'lab-conf' }))
    assert.deepEqual(outcomes(job), [['lab-conf', '1.0-1', '2.0-1', 'done']])
    assert.equal(await web.read(CONF), 'mine')
  })

  if (kind === 'apt')
    await story('with apt, a removal keeps the configuration, and a purge takes it', async () => {
      const gone = await done(api.removePackage({ name: 'lab-conf' }))
      assert.deepEqual(outcomes(gone), [['lab-conf', '2.0-1', null, 'done']])
      assert.deepEqual([await says('lab-conf'), await web.read(CONF)], ['rc 2.0-1', 'mine'])
      const purged = await done(api.removePackage({ name: 'lab-conf', purge: true }))
      assert.equal(purged.status, 'completed')
      assert.equal(await web.sh(`ls ${CONF} 2>/dev/null || echo gone`), 'gone')
    })

  await story('what was installed for others stays marked so through an update', async () => {
    await host.markAutomatic('lab-svc')
    const job = await done(api.updatePackage({ name: 'lab-svc' }))
    assert.deepEqual(outcomes(job), [['lab-svc', '1.0-1', '2.0-1', 'done']])
    assert.equal(await isAutomatic('lab-svc'), true)
  })

  await story('a package of another architecture is a package of its own', async () => {
    await web.sh(foreign.allowing)
    const name = `lab-ma:${foreign.architecture}`
    const job = await done(install(name, '1.0-1'))
    assert.deepEqual(outcomes(job), [[name, null, '1.0-1', 'done']])
    const both = await done(install('lab-ma'))
    assert.equal(both.status, 'completed')
    const own = `lab-ma:${foreign.beside}`
    assert.deepEqual([await says(own), await says(name)], ['ii 1.1-1', 'ii 1.1-1'])
    assert.equal((await api.getPackage({ name })).version, '1.1-1')
  })

  await story('a name that several packages provide is none to install', async () => {
    await assert.rejects(install('lab-mta'), refused('PKG_NOT_FOUND'))
    const job = await done(install('lab-needs-mta'))
    assert.equal(job.status, 'completed')
    assert.match(`${await says('lab-mta-a')} ${await says('lab-mta-b')}`, /ii 1\.0-1/)
  })

  await story('what no archive has, and what cannot be installed, is refused at once', async () => {
    await assert.rejects(install('lab-hello', '9.9-1'), refused('PKG_VERSION_CONFLICT'))
    await assert.rejects(install('lab-nothing'), refused('PKG_NOT_FOUND'))
    await assert.rejects(install('lab-broken'), refused('PKG_DEPENDENCY_ERROR'))
  })

  await story('a package on hold is neither updated nor removed', async () => {
    await host.hold('lab-held')
    const update = api.updatePackage({ name: 'lab-held' })
    await assert.rejects(update, refused('PKG_DEPENDENCY_ERROR'))
    const removal = api.removePackage({ name: 'lab-held', force: true })
    await assert.rejects(removal, refused('PKG_DEPENDENCY_ERROR'))
  })

  await story('updates that wait for something say for what', async () => {
    const expected = { 'lab-held': 'held', 'lab-keptback': 'kept_back' }
    const { patches } = await api.listPatches({ status: 'available' })
    for (const [name, reason] of Object.entries(expected)) {
      const patch = patches.find(({ affected_packages }) => affected_packages.includes(name))
      assert.equal(patch?.blocked_by?.reason, reason)
    }
    const { packages: listed } = await api.listPackages({ name: 'lab-*', status: 'upgradable' })
    const blocked = listed.flatMap(({ name, blocked_by }) =>
      blocked_by ? [[name, blocked_by.reason]] : [],
    )
    assert.deepEqual(Object.fromEntries(blocked), expected)
  })

  await story('all patches are applied but those that wait, and those excluded', async () => {
    const options = { exclude_packages: ['lab-fail', 'lab-recommended'] }
    const job = await done(api.applyPatches({ options }))
    assert.equal(job.status, 'completed')
    assert.deepEqual(
      outcomes(job).filter(([name]) => name !== 'lab-hello'),
      [
        ['lab-extra', null, '1.0-1', 'done'],
        ['lab-newdep', '1.0-1', '2.0-1', 'done'],
      ],
    )
    for (const name of ['lab-fail', 'lab-held', 'lab-keptback'])
      assert.match(await says(name), /^[hi]i (1:)?1\.0-1$/)
  })

  await t.test('a package that cannot be configured is told as broken', async () => {
    const job = await done(api.updatePackage({ name: 'lab-fail' }))
    assert.deepEqual(errorOf(job), ['failed', 'PKG_MANAGER_ERROR'])
    assert.deepEqual(outcomes(job), [['lab-fail', '1.0-1', '2.0-1', 'broken']])
  })

  await t.test('and the next job says what it did itself, not what was broken before', async () => {
    const job = await done(install('lab-victim'))
    assert.deepEqual(
      [job.status, outcomes(job)],
      ['completed', [['lab-victim', null, '1.0-1', 'done']]],
    )
  })

  await story('until somebody asks for the version that could be configured', async () => {
    const options = { allow_downgrade: true }
    const job = await done(api.updatePackage({ name: 'lab-fail', version: '1.0-1', options }))
    assert.deepEqual([job.status, await says('lab-fail')], ['completed', 'ii 1.0-1'])
  })
})
