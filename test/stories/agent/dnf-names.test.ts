import assert from 'node:assert/strict'
import { onKind } from '../story-base.ts'
import { logOf, openOneHost, outcomes } from './one-host.ts'

onKind(
  'dnf',
  'a package that goes on under a new name has an update, and a way back',
  async (_t, base) => {
    await using host = await openOneHost({ base })
    const { api, done, says, web } = host
    await web.sh('dnf -q -y --setopt=obsoletes=0 install lab-old-name')
    const { packages } = await api.listPackages({ name: 'lab-old-name' })
    assert.deepEqual([packages[0]?.upgradable, packages[0]?.available_version], [true, '2.0-1'])

    const job = await done(api.applyPatches({}))
    assert.equal(job.status, 'completed', logOf(job))
    assert.deepEqual(outcomes(job), [
      ['lab-new-name', null, '2.0-1', 'done'],
      ['lab-old-name', '1.0-1', null, 'done'],
    ])
    const back = await done(api.rollbackJob({ job_id: job.job_id }))
    assert.equal(back.status, 'completed', logOf(back))
    assert.deepEqual([await says('lab-old-name'), await says('lab-new-name')], ['ii 1.0-1', ''])
  },
)

onKind(
  'dnf',
  'a package of a module stays in the stream that the host has chosen',
  async (_t, base) => {
    await using host = await openOneHost({ base })
    const { api, done, lab, says, web } = host
    const versions = { '1': ['1.0', '1.1'], '2': ['2.0'] }
    for (const [stream, each] of Object.entries(versions))
      for (const version of each)
        await lab.rpms.add({
          name: 'lab-modular',
          version,
          repository: 'lab',
          fields: [`ModularityLabel: lab-module:${stream}:1:c0ffee`],
        })
    const documents = Object.entries(versions).map(([stream, each]) => moduleOf(stream, each))
    await lab.rpms.modules('lab', documents.join(''))
    await host.refresh()
    await web.sh('dnf -q -y module enable lab-module:1')
    await host.install('lab-modular=1.0')

    const { packages } = await api.listPackages({ name: 'lab-modular' })
    assert.equal(packages[0]?.available_version, '1.1-1')
    await assert.rejects(api.updatePackage({ name: 'lab-modular', version: '2.0-1' }), {
      code: 'PKG_VERSION_CONFLICT',
    })
    const job = await done(api.applyPatches({}))
    assert.equal(job.status, 'completed', logOf(job))
    assert.equal(await says('lab-modular'), 'ii 1.1-1')
    const back = await done(api.rollbackJob({ job_id: job.job_id }))
    assert.equal(back.status, 'completed', logOf(back))
    assert.equal(await says('lab-modular'), 'ii 1.0-1')
    assert.match(await web.sh('dnf -q -C module list --enabled'), /lab-module +1 \[e\]/)
  },
)

/** One stream of a module, in the form that distributions publish it. */
const moduleOf = (stream: string, versions: string[]) =>
  [
    '---',
    'document: modulemd',
    'version: 2',
    'data:',
    '  name: lab-module',
    `  stream: "${stream}"`,
    '  version: 1',
    '  context: c0ffee',
    '  arch: x86_64',
    '  summary: A module of the lab',
    '  description: A module of the lab',
    '  license: { module: [MIT] }',
    '  artifacts:',
    '    rpms:',
    ...versions.map((version) => `      - lab-modular-0:${version}-1.noarch`),
    '...',
    '',
  ].join('\n')
