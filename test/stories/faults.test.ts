import assert from 'node:assert/strict'
import { test } from 'node:test'
import { administratorAt, ended, openFleet, outcomes, runJob } from './fleet.ts'
import { repositoryOf } from './repository.ts'
import { skipOn, storyBase } from './story-base.ts'
import { until } from './until.ts'

const skip = skipOn(storyBase())

/** Sleeps before it is unpacked, for as long as /etc/slow is there. */
const before = '[ -e /etc/slow ] || exit 0\ntouch /run/unpacking; sleep 30'
const slowToUnpack = ['1.0-1', '2.0-1'].map((version) => ({ name: 'lab-slow', version, before }))

test(
  'a host that loses its power while a package is unpacked is whole again when the job ends',
  { skip },
  async () => {
    await using fleet = await openFleet(['web'])
    const { manager, hosts, ids } = fleet
    const administrator = administratorAt(hosts.web)
    await repositoryOf(fleet.lab, storyBase()).publish(...slowToUnpack)
    await administrator.refresh()
    await administrator.install('lab-slow=1.0-1')
    await hosts.web.write('/etc/slow', '')
    const { id } = await manager.api.createJob({
      kind: 'update',
      host_ids: [ids.web],
      packages: [{ name: 'lab-slow' }],
    })
    await until('it is unpacked', async () => {
      const { exitCode } = await hosts.web.exec(['test', '-e', '/run/unpacking'])
      return exitCode === 0
    })
    await hosts.web.sh('rm /etc/slow')
    await hosts.web.cutPower()
    await hosts.web.start()

    const job = await ended(manager, id)
    const says = await administrator.says('lab-slow')
    const [part] = job.hosts
    assert.equal(await administrator.audit(), '')
    assert.ok(says === 'ii 2.0-1' || says === 'ii 1.0-1', says)
    assert.equal(part?.status, says === 'ii 2.0-1' ? 'completed' : 'failed')
    assert.equal(`ii ${part?.changes[0]?.version_after}`, says)
  },
)

test(
  'a reload of systemd in the middle of a job changes nothing of its end',
  { skip },
  async () => {
    await using fleet = await openFleet(['web'], { packages: ['lab-sleep=1.0-1'] })
    const { manager, hosts, ids } = fleet
    await hosts.web.write('/etc/lab-sleep', '3\n')
    const { id } = await manager.api.createJob({
      kind: 'update',
      host_ids: [ids.web],
      packages: [{ name: 'lab-sleep' }],
    })
    await until('the postinst sleeps', async () => {
      const { exitCode } = await hosts.web.exec(['pgrep', '-f', 'lab-sleep.postinst|rpm-tmp'])
      return exitCode === 0
    })
    await hosts.web.sh('systemctl daemon-reload')
    const job = await ended(manager, id)
    assert.equal(job.status, 'completed')
    const [part] = job.hosts
    assert.ok(part?.logs.some(({ message }) => message === 'install ended: success exited 0'))
  },
)

test('a daemon that a package starts by itself lives on after the job', { skip }, async () => {
  await using fleet = await openFleet(['web'])
  const { manager, hosts, ids } = fleet
  const script = 'start-stop-daemon --start --background --exec /bin/sleep -- 4711'
  await repositoryOf(fleet.lab, storyBase()).publish({
    name: 'lab-daemon',
    version: '1.0-1',
    script,
  })
  await administratorAt(hosts.web).refresh()
  const packages = [{ name: 'lab-daemon', version: null }]
  const job = await runJob(manager, { kind: 'install', host_ids: [ids.web], packages })
  assert.equal(job.status, 'completed')
  assert.equal((await hosts.web.exec(['pgrep', '-f', 'sleep 4711'])).exitCode, 0)
})

test(
  'a postinst that fails is told as it is, and the next job mends it once it can',
  { skip },
  async () => {
    await using fleet = await openFleet(['web'], {
      packages: ['lab-fail=1.0-1', 'lab-hello=1.0-1'],
    })
    const { manager, hosts, ids } = fleet
    const update = (name: string) =>
      runJob(manager, { kind: 'update', host_ids: [ids.web], packages: [{ name, version: null }] })
    const failed = await update('lab-fail')
    assert.equal(failed.status, 'failed')
    assert.deepEqual(failed.hosts.flatMap(outcomes), [['lab-fail', '1.0-1', '2.0-1', 'broken']])

    await hosts.web.write('/etc/lab-fail-ok', '')
    assert.equal((await update('lab-hello')).status, 'completed')
    assert.equal(await administratorAt(hosts.web).says('lab-fail'), 'ii 2.0-1')
    assert.equal(await administratorAt(hosts.web).audit(), '')
  },
)
