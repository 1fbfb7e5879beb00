import assert from 'node:assert/strict'
import { onEachKind } from '../story-base.ts'
import { until } from '../until.ts'
import { logOf, openOneHost, outcomes, unlessAway } from './one-host.ts'

const packages = [
  'lab-sleep=1.0-1',
  'lab-hello=1.0-1',
  'lab-lib=1.0-1',
  'lab-newdep=1.0-1',
  'lab-conf=1.0-1',
]
const MEGABYTE = 1024 * 1024

/** Makes a program of the host slow for as long as a file says so, where its arguments match. */
const slowed = ({ program, pattern }: Slow, flag: string) => `
mv ${program} ${program}.real
cat >${program} <<'END'
#!/bin/sh
case "$*" in *${pattern}*) [ -e ${flag} ] && sleep 3 ;; esac
exec ${program}.real "$@"
END
chmod 755 ${program}
`
type Slow = { program: string; pattern: string }

/** What works out a plan, and what says how the packages are. */
const slow = {
  apt: {
    plan: { program: '/usr/bin/apt-get', pattern: '--simulate' },
    query: { program: '/usr/bin/dpkg-query', pattern: '' },
  },
  dnf: {
    plan: { program: '/usr/bin/python3', pattern: '" plan "' },
    query: { program: '/usr/bin/rpm', pattern: '--all' },
  },
} as const

onEachKind(
  'an agent killed in any phase of a job ends it with the truth, once',
  async (t, base) => {
    await using host = await openOneHost({ base, packages })
    const { api, kind, repository, says, web } = host
    await web.sh(slowed(slow[kind].plan, '/run/slow-plan'))
    await web.sh(slowed(slow[kind].query, '/run/slow-query'))

    /** Kills the agent once the job says this of itself, and then lets the host be quick again. */
    async function killAt(job_id: string, message: RegExp) {
      await until(`the job says ${message}`, async () => {
        const job = await unlessAway(api.getJob({ job_id }))
        return job && message.test(`${job.message}\n${job.logs.at(-1)?.message}`)
      })
      await web.kill('SIGKILL')
      await web.sh('rm -f /run/slow-*')
    }

    const story = (title: string, name: string, tell: () => Promise<string>) =>
      t.test(title, async () => {
        const job_id = await tell()
        const job = await host.job(job_id)
        assert.equal(job.status, 'completed', logOf(job))
        assert.ok(
          outcomes(job).some(([changed, , , outcome]) => changed === name && outcome === 'done'),
        )
        assert.equal(await host.runsOf(job_id), 1)
        assert.equal(await host.audit(), '')
      })

    await story('while it repairs what others have left', 'lab-hello', async () => {
      await host.sleepFor(60)
      await web.sh(`systemd-run -q --unit=theirs ${host.installing('lab-sleep=2.0-1')}`)
      await host.sleeps()
      await web.sh(
        'systemctl kill --signal=KILL theirs; while systemctl is-active -q theirs; do sleep 0.1; done',
      )
      await host.sleepFor(3)
      const { job_id } = await api.updatePackage({ name: 'lab-hello' })
      await host.sleeps()
      await killAt(job_id, /needs repair|Looks at the host/)
      return job_id
    })

    await story('while it works out what would change', 'lab-newdep', async () => {
      // With a job before it the request itself is not planned.
      await host.sleepFor(5)
      const before = await api.installPackages({
        packages: [{ name: 'lab-sleep' }],
        options: { force: true },
      })
      const { job_id } = await api.updatePackage({ name: 'lab-newdep' })
      await host.sleeps()
      await web.sh('touch /run/slow-plan')
      await host.job(before.job_id)
      await killAt(job_id, /Works out what would change/)
      return job_id
    })

    await story('while it keeps what it will replace', 'lab-lib', async () => {
      repository.faults.bytes_per_second = 400
      const { job_id } = await api.updatePackage({ name: 'lab-lib' })
      await host.downloads('lab-lib')
      await web.sh('touch /run/slow-query')
      repository.faults.bytes_per_second = undefined
      await killAt(job_id, /Keeps what it will replace/)
      return job_id
    })

    await story('while it checks what was done', 'lab-sleep', async () => {
      await host.putBack('lab-sleep=1.0-1')
      await host.sleepFor(60)
      const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
      await host.sleeps()
      await web.sh('touch /run/slow-query')
      await host.sleepFor(0)
      await killAt(job_id, /Checks what was done/)
      return job_id
    })

    await story(
      'and so does a host that loses its power while it downloads',
      'lab-big',
      async () => {
        repository.faults.bytes_per_second = MEGABYTE / 2
        const { job_id } = await api.installPackages({ packages: [{ name: 'lab-big' }] })
        await host.downloads('lab-big')
        await web.cutPower()
        repository.faults.bytes_per_second = undefined
        await web.start()
        return job_id
      },
    )

    assert.equal(await says('lab-big'), 'ii 2.0-1')
  },
)
