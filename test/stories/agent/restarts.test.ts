import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { onEachKind } from '../story-base.ts'
import { until } from '../until.ts'
import { errorOf, logOf, openOneHost, outcomes } from './one-host.ts'
import { UNLIMITED } from '../fleet.ts'
import type { MadeUp } from '../repository.ts'

const packages = ['lab-sleep=1.0-1', 'lab-hello=1.0-1', 'lab-newdep=1.0-1', 'lab-lib=1.0-1']
const MEGABYTE = 1024 * 1024
onEachKind('an agent that dies or is replaced finds its job again', async (t, base) => {
  await using host = await openOneHost({ base, packages })
  const { api, repository, says, web } = host
  const pid = () => web.sh('systemctl show --property=MainPID --value linux-patch-agent')
  const story = (title: string, tell: () => Promise<void>) =>
    t.test(title, async () => {
      await tell()
      assert.equal(await host.audit(), '')
    })

  await story('killed while it downloads, it goes on', async () => {
    repository.faults.bytes_per_second = MEGABYTE / 2
    const { job_id } = await api.installPackages({ packages: [{ name: 'lab-big' }] })
    await host.downloads('lab-big')
    await web.kill('SIGKILL')
    repository.faults.bytes_per_second = undefined
    const job = await host.job(job_id)
    assert.deepEqual(
      [job.status, outcomes(job)],
      ['completed', [['lab-big', null, '2.0-1', 'done']]],
    )
    assert.equal(await host.runsOf(job_id), 1)
  })

  await story('killed while it installs, with another job waiting, it does both once', async () => {
    await host.sleepFor(4)
    const first = await api.updatePackage({ name: 'lab-sleep' })
    const second = await api.updatePackage({ name: 'lab-newdep' })
    await host.sleeps()
    await web.kill('SIGKILL')
    for (const { job_id } of [first, second]) {
      assert.equal((await host.job(job_id)).status, 'completed')
      assert.equal(await host.runsOf(job_id), 1)
    }
  })

  await story('killed again and again, in whatever it does, it ends with the truth', async () => {
    await host.putBack('lab-sleep=1.0-1', 'lab-newdep=1.0-1')
    await host.sleepFor(1)
    const { job_id } = await api.applyPatches({})
    for (let times = 0; times < 8; times += 1) {
      await wait(300 + 170 * times)
      await web.exec(['systemctl', 'kill', '--kill-whom=main', '-s', 'KILL', 'linux-patch-agent'])
    }
    const job = await host.job(job_id, 90)
    assert.equal(job.status, 'completed', JSON.stringify(job.result?.error))
    assert.ok(outcomes(job).every(([, , , outcome]) => outcome === 'done'))
    const { patches } = await api.listPatches({ status: 'available' })
    assert.deepEqual(patches, [])
    assert.equal(await host.updatesOf('lab-hello'), 1)
  })

  await story('an update of the agent itself completes, and the new one answers', async () => {
    await repository.publish(...(await packaged(host.folder)))
    await host.refresh()
    await host.install('linux-patch-agent=1.0-1')
    const before = await pid()
    await until('it answers', async () => api.getHealth().catch(() => null))
    const { job_id } = await api.updatePackage({ name: 'linux-patch-agent' })
    const job = await host.job(job_id)
    assert.deepEqual(
      [job.status, outcomes(job)],
      ['completed', [['linux-patch-agent', '1.0-1', '1.1-1', 'done']]],
      logOf(job),
    )
    assert.notEqual(await pid(), before)
    assert.equal(await says('linux-patch-agent'), 'ii 1.1-1')
  })
})

async function packaged(folder: string): Promise<MadeUp[]> {
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  const files = {
    '/usr/lib/linux-patch-agent/agent.mjs': await read('agent.mjs'),
    '/usr/bin/linux-patch-agent': await read('linux-patch-agent'),
  }
  const script = 'chmod 755 /usr/bin/linux-patch-agent\nsystemctl restart linux-patch-agent'
  return ['1.0-1', '1.1-1'].map((version) => ({
    name: 'linux-patch-agent',
    version,
    files,
    script,
  }))
}

onEachKind(
  'a job that takes too long is given up, never killed, and told in full later',
  async (_t, base) => {
    const agent_config = `${UNLIMITED}jobs: { timeout_minutes: 1 }\n`
    await using host = await openOneHost({
      base,
      packages: ['lab-sleep=1.0-1', 'lab-hello=1.0-1'],
      agent_config,
    })
    const { api } = host
    await host.sleepFor(90)
    const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
    const next = await api.updatePackage({ name: 'lab-hello' })
    const late = await host.job(job_id, 80)
    assert.deepEqual(errorOf(late), ['timeout', 'JOB_TIMEOUT'])
    assert.match(late.message, /not done within 1 minutes/)
    if (host.kind === 'dnf') assert.match(late.message, /rpm finishes a transaction that has begun/)
    assert.notEqual(late.result?.changes[0]?.outcome, 'done')
    assert.equal(await host.isAsleep(), true)
    await host.sleepFor(0)

    const after = await host.job(next.job_id, 60)
    assert.deepEqual(
      [after.status, outcomes(after)],
      ['completed', [['lab-hello', '1.0-1', '1.1-1', 'done']]],
    )
    const told = await api.getJob({ job_id })
    assert.deepEqual(
      [...errorOf(told), outcomes(told)],
      ['timeout', 'JOB_TIMEOUT', [['lab-sleep', '1.0-1', '2.0-1', 'done']]],
    )
    assert.match(told.message, /has ended since/)
    assert.deepEqual(told.result?.rollback, { possible: true, reason: null })
    assert.equal(await host.audit(), '')
  },
)
