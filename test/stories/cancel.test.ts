import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JobDetail } from '@linux-patch/shared/job'
import { administratorAt, ended, openFleet, runJob } from './fleet.ts'
import { repositoryOf } from './repository.ts'
import { skipOn, storyBase } from './story-base.ts'
import { until } from './until.ts'

const skip = skipOn(storyBase())
const MEGABYTE = 1024 * 1024
const packages = [
  'lab-sleep=1.0-1',
  'lab-hello=1.0-1',
  'lab-newdep=1.0-1',
  'lab-lib=1.0-1',
  'lab-svc=1.0-1',
]

const partOf = ({ hosts }: JobDetail, name: string) =>
  hosts.find(({ host_name }) => host_name === name)

test(
  'a job is cancelled: the host that downloads stops, the one that is away is never asked',
  { skip },
  async () => {
    await using fleet = await openFleet(['web', 'db'])
    const { manager, hosts, ids, lab } = fleet
    const { api } = manager
    await hosts.db.sh('systemctl stop linux-patch-agent')
    repositoryOf(lab, storyBase()).faults.bytes_per_second = MEGABYTE / 2
    const { id } = await api.createJob({
      kind: 'install',
      host_ids: [ids.web, ids.db],
      packages: [{ name: 'lab-big' }],
    })
    const atWeb = administratorAt(hosts.web)
    await until('web downloads', async () => (await atWeb.bytesOf('lab-big')) > MEGABYTE)
    await until('db is waited for', async () =>
      partOf(await api.getJob({ id }), 'db')?.message.includes('Trying again'),
    )
    const asked = await api.cancelJob({ id })
    assert.equal(partOf(asked, 'db')?.status, 'cancelled')
    assert.notEqual(partOf(asked, 'web')?.cancel_requested_at, null)

    const job = await ended(manager, id, 20)
    assert.deepEqual([job.status, partOf(job, 'web')?.status], ['cancelled', 'cancelled'])
    await hosts.db.startAgent()
    const packages = [{ name: 'lab-conf', version: null }]
    const next = await runJob(manager, { kind: 'install', host_ids: [ids.db], packages })
    assert.equal(next.status, 'completed')
    for (const host of [hosts.web, hosts.db])
      assert.notEqual((await administratorAt(host).says('lab-big')).slice(0, 2), 'ii')
    assert.equal(partOf(await api.getJob({ id }), 'db')?.agent_job_id, null)
    await assert.rejects(api.cancelJob({ id }), { code: 'conflict' })
  },
)

test(
  'a manager killed while it cancels ends the job between two packages, with the truth',
  { skip },
  async () => {
    await using fleet = await openFleet(['web'], { packages })
    const { manager, hosts, ids } = fleet
    // Longer than a dead manager's claim is believed: only then does the next one tell the host.
    await hosts.web.write('/etc/lab-sleep', '25\n')
    const { id } = await manager.api.createJob({ kind: 'patch_apply', host_ids: [ids.web] })
    await until('the postinst sleeps', async () => {
      const { exitCode } = await hosts.web.exec(['pgrep', '-f', 'lab-sleep.postinst|rpm-tmp'])
      return exitCode === 0
    })
    // The installation goes on without its agent, and the first manager finds nobody to tell.
    await hosts.web.sh('systemctl stop linux-patch-agent')
    await manager.api.cancelJob({ id })
    await manager.kill('SIGKILL')
    await hosts.web.startAgent()
    await manager.restart()

    const job = await ended(manager, id)
    assert.equal(job.status, 'cancelled')
    const changes = job.hosts[0]?.changes ?? []
    const left = changes.filter(({ outcome }) => outcome === 'not_done')
    assert.ok(left.length > 0)
    for (const { name, version_before } of left)
      assert.equal(await administratorAt(hosts.web).says(name), `ii ${version_before}`)
    assert.equal(await administratorAt(hosts.web).says('lab-sleep'), 'ii 2.0-1')
    assert.equal(await administratorAt(hosts.web).audit(), '')
    assert.deepEqual(job.hosts[0]?.rollback, { possible: true, reason: null })
  },
)
