import assert from 'node:assert/strict'
import { isFinal } from '@linux-patch/shared/agent-job'
import { onEachKind } from '../story-base.ts'
import { until } from '../until.ts'
import { errorOf, logOf, openOneHost, outcomes } from './one-host.ts'

const MEGABYTE = 1024 * 1024
const DATABASE = '/var/lib/linux_patch_api/agent.sqlite'
/** Says that it needs next to nothing, and unpacks to more than is free. */
const liar = {
  name: 'lab-liar',
  version: '1.0-1',
  suite: 'release' as const,
  fields: { 'Installed-Size': '8' },
  files: { 'opt/lab-liar': 'x'.repeat(96 * MEGABYTE) },
}

/** A job that is noted before its package manager needs any room: dnf cannot so much as plan without some. */
const asked = {
  apt: { path: '/api/v1/packages', body: { packages: [{ name: 'lab-victim' }] } },
  dnf: { path: '/api/v1/packages/refresh', body: {} },
}

onEachKind(
  'a disk that is full harms nothing, and what was refused is not there',
  async (t, base) => {
    await using host = await openOneHost({ base, packages: ['lab-hello=1.0-1'], disk: '400m' })
    const { api, ask, done, kind, lab, repository, says, web } = host
    const install = (name: string) => api.installPackages({ packages: [{ name }] })
    const fill = (leave: number) =>
      web.sh(
        `free=$(($(stat -f -c '%a * %S' /))); head -c $((free - ${leave})) /dev/zero >/fill || true`,
      )
    const empty = () => web.sh('rm -f /fill')
    const post = async () => {
      const { path, body } = asked[kind]
      const { status, body: answer } = await ask(path, { method: 'POST', body })
      return [status, answer.error?.code, answer.data?.job_id] as const
    }
    const health = async () => {
      const { status, body } = await ask('/health')
      return [status, body.error?.code]
    }
    const story = (title: string, tell: () => Promise<void>) =>
      t.test(title, async () => {
        await tell()
        assert.equal(await host.audit(), '')
      })

    await story('what cannot have room is refused in words before it begins', async () => {
      const huge = await done(install('lab-huge'))
      assert.deepEqual(errorOf(huge), ['failed', 'PKG_MANAGER_ERROR'])
      assert.match(huge.result?.error?.message ?? '', /not enough room in \/.*MiB/)
    })

    await story('a disk that fills while it downloads', async () => {
      repository.faults.bytes_per_second = MEGABYTE / 2
      const { job_id } = await install('lab-big')
      await host.downloads('lab-big')
      await web.exec(['sh', '-c', 'cat /dev/zero >/fill'])
      repository.faults.bytes_per_second = undefined
      await web.sh('sleep 4; rm /fill')
      const ended = await host.job(job_id)
      assert.equal(ended.status === 'completed', (await says('lab-big')) === 'ii 2.0-1')
      assert.equal((await done(install('lab-big'))).status, 'completed')
      await host.clean()
    })

    // rpm measures for itself what a package takes.
    if (kind === 'apt')
      await story(
        'with apt, a package that says too little of its size fails, and leaves nothing',
        async () => {
          await lab.repository.add(liar)
          await host.refresh()
          await fill(60 * MEGABYTE)
          const { job_id } = await install('lab-liar')
          const job = await host.job(job_id)
          assert.deepEqual(errorOf(job), ['failed', 'PKG_MANAGER_ERROR'])
          assert.deepEqual(outcomes(job), [['lab-liar', null, null, 'not_done']])
          assert.match(job.result?.error?.message ?? '', /No space left on device/)
          await empty()
          const next = await done(install('lab-liar'))
          assert.deepEqual(
            [next.status, await says('lab-liar')],
            ['completed', 'ii 1.0-1'],
            logOf(next),
          )
        },
      )

    await story('with no room for its own records it takes no job, and says so', async () => {
      const { total } = await api.listJobs()
      const fillUp = () => web.exec(['sh', '-c', 'cat /dev/zero >>/fill'])
      await fillUp()
      // What the database has of the disk already may do for a few: each of them is there as a whole.
      const taken: string[] = []
      const refused = await until('it has no room', async () => {
        const [status, code, job_id] = await post()
        if (job_id) taken.push(job_id)
        return status !== 202 && [status, code]
      })
      assert.deepEqual(refused, [503, 'SERVICE_UNHEALTHY'])
      // What those few have left behind them when they ended is room again.
      await until('health says so', async () => {
        await fillUp()
        return (await health())[1] === 'SERVICE_UNHEALTHY'
      })
      assert.equal((await api.listPackages({ name: 'lab-hello' })).packages[0]?.version, '1.0-1')
      assert.equal((await api.listJobs()).total, total + taken.length)
      await empty()
      const job = await done(install('lab-victim'))
      assert.equal(job.status, 'completed', logOf(job))
      for (const job_id of taken) assert.ok(isFinal((await api.getJob({ job_id })).status))
      assert.equal((await api.listJobs()).total, total + taken.length + 1)
      assert.equal((await health())[0], 200)
    })

    await story(
      'with damaged records it takes no job either, until they are put aside',
      async () => {
        await web.sh('systemctl stop linux-patch-agent')
        await web.sh(`dd if=/dev/urandom of=${DATABASE} bs=4096 count=8 conv=notrunc 2>&1`)
        await web.startAgent()
        await until('it answers', async () => (await health().catch(() => [0]))[0])
        assert.deepEqual(await health(), [503, 'SERVICE_UNHEALTHY'])
        assert.deepEqual(await post(), [503, 'SERVICE_UNHEALTHY', undefined])
        assert.notEqual(await says('lab-conf'), 'ii 2.0-1')

        await web.sh(`systemctl stop linux-patch-agent; mv ${DATABASE} /root/damaged`)
        await web.startAgent()
        await until('it is well', async () => (await health().catch(() => [0]))[0] === 200)
        assert.equal((await done(install('lab-conf'))).status, 'completed')
      },
    )
  },
)
