import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { onEachKind } from '../story-base.ts'
import { until } from '../until.ts'
import { errorOf, logOf, openOneHost, outcomes } from './one-host.ts'

const packages = ['lab-sleep=1.0-1', 'lab-hello=1.0-1', 'lab-newdep=1.0-1']
/** Holds a lock as dpkg does, for as long as a file is there. */
const hold = `use Fcntl;
open F, '>>', $ARGV[0];
my $lock = pack('s s x4 q q i', F_WRLCK, 0, 0, 0, 0);
fcntl(F, F_SETLK, $lock) or die $!;
select undef, undef, undef, 0.1 while -e $ARGV[1];
`
/** Kills the package manager that runs it, once or until it is told otherwise. */
const killing = (unless: string, before: string) =>
  `[ -e ${unless} ] && exit 0\n${before}\nkill -9 $PPID\nsleep 1`
const added = [
  { name: 'lab-kill-once', script: killing('/etc/killed', 'touch /etc/killed') },
  { name: 'lab-kill', script: killing('/etc/lab-kill-ok', '') },
]

/** How each says what it finds, and what somebody may hold while a job waits. */
const peculiar = {
  apt: {
    database: '/var/lib/dpkg/lock-frontend',
    killed: /exited unexpectedly/,
    killed_again: /Not done or broken: lab-kill\..*unexpectedly/,
    broken: /^Broken: lab-kill\.$/,
    spoilt: /Hash Sum mismatch/,
  },
  // rpm has a package twice that it was killed over twice.
  dnf: {
    database: '/var/lib/rpm/.rpm.lock',
    killed: /install ended: signal killed KILL/,
    killed_again: /killed KILL.*Not done or broken: lab-kill\b/,
    broken: /^Broken: lab-kill\b/,
    spoilt: /checksum/i,
  },
}

onEachKind('whatever breaks a transaction is told as it is, and repaired', async (t, base) => {
  await using host = await openOneHost({ base, packages })
  const { api, done, kind, repository, says, web } = host
  const { database, killed, killed_again, broken, spoilt } = peculiar[kind]
  await repository.publish(...added.map((one) => ({ ...one, version: '1.0-1' })))
  await host.refresh()
  const install = (name: string) => api.installPackages({ packages: [{ name }] })
  const story = (title: string, tell: () => Promise<void>) =>
    t.test(title, async () => {
      await tell()
      assert.equal(await host.audit(), '')
    })

  await web.write('/root/hold.pl', hold)
  /** Makes somebody hold a lock until it is seen that a job waits for him. */
  async function holds(lock: string, asking: () => Promise<{ job_id: string }>) {
    await web.sh(`touch /run/held; systemd-run -q --collect perl /root/hold.pl ${lock} /run/held`)
    const inode = await web.sh(`stat -c %i ${lock}`)
    await until('the lock is held', async () =>
      (await web.read('/proc/locks')).includes(`:${inode} `),
    )
    const { job_id } = await asking()
    const waits = async () => {
      const { message, status } = await api.getJob({ job_id })
      return status === 'pending' && /^waiting for perl \(pid \d+\)$/.test(message)
    }
    await until('it says whom it waits for', waits)
    await wait(1000)
    assert.ok(await waits())
    await web.sh('rm /run/held')
    assert.equal((await host.job(job_id)).status, 'completed')
  }

  for (const [what, command] of [
    ['is killed as a whole', 'kill --signal=KILL "$1"'],
    ['is asked to end as a whole', 'kill --signal=TERM "$1"'],
    ['is stopped by its name', 'stop "$1"'],
    ['loses its agent to a restart', 'restart linux-patch-agent'],
  ] as const)
    await story(`an installation that ${what} ends with what was to come`, async () => {
      await host.putBack('lab-sleep=1.0-1')
      await host.sleepFor(2)
      const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
      await host.sleeps()
      await web.sh(`set -- linux-patch-job-${job_id}-install.service; systemctl ${command}`)
      const job = await host.job(job_id)
      assert.deepEqual(
        [job.status, outcomes(job)],
        ['completed', [['lab-sleep', '1.0-1', '2.0-1', 'done']]],
        logOf(job),
      )
    })

  await story('a package that kills the package manager once is there in the end', async () => {
    const job = await done(install('lab-kill-once'))
    assert.deepEqual([job.status, await says('lab-kill-once')], ['completed', 'ii 1.0-1'])
    assert.match(logOf(job), killed)
  })

  await t.test(
    'a package that kills the package manager every time is told as broken, by health too',
    async () => {
      const job = await done(install('lab-kill'))
      assert.deepEqual(errorOf(job), ['failed', 'PKG_MANAGER_ERROR'])
      assert.deepEqual(outcomes(job), [['lab-kill', null, '1.0-1', 'broken']])
      assert.match(job.result?.error?.message ?? '', killed_again)
      assert.match(await host.audit(), /lab-kill/)
      const { status, details } = await api.getHealth()
      assert.equal(status, 'degraded')
      assert.match(details['package_manager'] ?? '', broken)
    },
  )

  await story('and the next job repairs it, once it can be', async () => {
    await web.write('/etc/lab-kill-ok', '')
    const job = await done(api.updatePackage({ name: 'lab-newdep' }))
    assert.deepEqual([job.status, await says('lab-kill')], ['completed', 'ii 1.0-1'])
    assert.match(logOf(job), /needs repair .*lab-kill/)
    assert.equal((await api.getHealth()).status, 'healthy')
  })

  // apt does nothing else until that is mended; dnf leaves it to whoever broke it.
  if (kind === 'apt') {
    await story('with apt, a package whose need was taken away gets it back', async () => {
      await web.sh('dpkg --force-depends --remove lab-base')
      const job = await done(install('lab-victim'))
      assert.equal(job.status, 'completed', logOf(job))
      assert.match(logOf(job), /needs repair .*lab-hello/)
      assert.equal(await says('lab-base'), 'ii 1.0-1')
    })

    await t.test('with apt, a package that could only be removed stays, and is named', async () => {
      await web.sh(
        'cd /tmp && apt-get download -qq lab-broken && dpkg --force-depends -i lab-broken_*',
      )
      const before = await host.state()
      const job = await done(install('lab-conf'))
      assert.deepEqual(errorOf(job), ['failed', 'PKG_DEPENDENCY_ERROR'], logOf(job))
      assert.match(logOf(job), /Still broken after the repair: lab-broken/)
      assert.match(job.result?.error?.message ?? '', /lab-broken : Depends: lab-does-not-exist/)
      assert.equal(await host.state(), before)
    })

    await story('with apt, until somebody asks for that', async () => {
      const removed = await done(api.removePackage({ name: 'lab-broken' }))
      assert.equal(removed.status, 'completed', logOf(removed))
      assert.equal((await done(install('lab-conf'))).status, 'completed')
    })
  }

  await story('a package with other bytes than its index names is never installed', async () => {
    repository.faults.spoilt = /lab-needs-mta[_-]1/
    const before = await host.state()
    const job = await done(install('lab-needs-mta'))
    repository.faults.spoilt = undefined
    assert.deepEqual(errorOf(job), ['failed', 'PKG_MANAGER_ERROR'])
    assert.match(job.result?.error?.message ?? '', spoilt)
    assert.equal(await host.state(), before)
    assert.equal((await done(install('lab-needs-mta'))).status, 'completed')
  })

  await story('a lock that another program holds is waited for, and it is named', () =>
    holds(database, () => install('lab-recommended')),
  )

  if (kind === 'apt')
    await story('with apt, so is the lock of the package lists', () =>
      holds('/var/lib/apt/lists/lock', () => api.refreshPackages()),
    )
})
