import assert from 'node:assert/strict'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { writeMetadata } from '../../lab/repository/rpm-build.ts'
import { buildRpm } from '../../lab/repository/rpm.ts'
import { onKind } from '../story-base.ts'
import { logOf, openOneHost, outcomes } from './one-host.ts'

const FOLDER = '/srv/packages'
const REPOSITORY = `[own]\nname=Own\nbaseurl=file://${FOLDER}\nenabled=1\ngpgcheck=0\n`

onKind(
  'dnf',
  'a repository on the own disk of a host keeps its packages, and there is a way back to them',
  async (_t, base) => {
    await using host = await openOneHost({ base })
    const { api, done, says, web } = host
    const folder = join(web.root, FOLDER)
    for (const version of ['1.0', '1.1']) {
      const wanted = { name: 'lab-own', version, repository: 'lab' as const }
      // As an administrator may name a file.
      await rename(await buildRpm(folder, wanted), join(folder, `own-${version}.rpm`))
    }
    await writeMetadata(folder)
    await web.write('/etc/yum.repos.d/own.repo', REPOSITORY)
    await host.refresh()
    await host.install('lab-own=1.0')
    const files = () => web.sh(`ls ${FOLDER}`)
    const before = await files()

    const job = await done(api.updatePackage({ name: 'lab-own' }))
    assert.deepEqual(outcomes(job), [['lab-own', '1.0-1', '1.1-1', 'done']], logOf(job))
    assert.equal(await files(), before)
    const back = await done(api.rollbackJob({ job_id: job.job_id }))
    assert.equal(back.status, 'completed', logOf(back))
    assert.equal(await says('lab-own'), 'ii 1.0-1')
    assert.equal(await files(), before)
  },
)
