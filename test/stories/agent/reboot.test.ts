import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { onEachKind } from '../story-base.ts'
import { until } from '../until.ts'
import { errorOf, logOf, openOneHost, outcomes } from './one-host.ts'

const packages = ['lab-sleep=1.0-1', 'lab-kernelish=1.0-1', 'lab-hello=1.0-1', 'lab-held=1:1.0-1']
const sleepDone = [['lab-sleep', '1.0-1', '2.0-1', 'done']]

onEachKind('a host reboots when it was told to, and only then', async (t, base) => {
  await using host = await openOneHost({ base, packages })
  const { api, kind, web, done } = host
  const timers = () => web.sh("systemctl list-timers --all --no-legend 'linux-patch-job-*'")

  await t.test('a reboot in its delay says when it is due, and can be called off', async () => {
    const before = web.bootId()
    const { job_id, scheduled_at, reason } = await api.reboot({
      delay_seconds: 600,
      reason: 'a kernel',
    })
    assert.equal(reason, 'a kernel')
    assert.ok(Math.abs(Date.parse(scheduled_at) - Date.now() - 600_000) < 10_000)
    const running = await api.getJob({ job_id })
    assert.equal(running.scheduled_at, scheduled_at)
    const other = await done(api.installPackages({ packages: [{ name: 'lab-victim' }] }))
    assert.equal(other.status, 'completed', 'other work goes on until then')
    await until('systemd knows of it', async () => (await timers()).includes(job_id))

    const { action, current_status } = await api.deleteJob({ job_id })
    assert.deepEqual([action, current_status], ['cancelled', 'cancelled'])
    assert.deepEqual(errorOf(await api.getJob({ job_id })), ['cancelled', 'JOB_CANCELLED'])
    await until('systemd knows no more of it', async () => (await timers()) === '')
    assert.equal(web.bootId(), before)
  })

  await t.test('while a job runs it is refused, and by force alone as well', async () => {
    await host.sleepFor(4)
    const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
    await host.sleeps()
    for (const [force, reason] of [
      [false, 'jobs_not_ended'],
      [true, 'transaction_under_way'],
    ] as const) {
      const { status, body } = await host.ask('/api/v1/system/reboot', {
        method: 'POST',
        body: { force },
      })
      assert.deepEqual([status, body.error?.code], [409, 'JOB_CONFLICT'])
      assert.deepEqual(
        { ...body.error },
        { ...body.error, details: { ...detailsOf(body), reason } },
      )
    }
    assert.equal((await host.job(job_id)).status, 'completed')
  })

  await t.test('while another program holds the lock, it is refused by name', async () => {
    await web.sh(`systemd-run -q --unit=theirs ${host.reinstalling('lab-sleep')}`)
    await host.sleeps()
    const asked = api.reboot({ force: true })
    await assert.rejects(asked, {
      code: 'JOB_CONFLICT',
      message: kind === 'apt' ? /apt-get/ : /dnf/,
    })
    await web.sh('while systemctl is-active -q theirs; do sleep 0.1; done')
  })

  await t.test('a reboot that an administrator has scheduled is told as his', async () => {
    await web.sh('shutdown -r +90 2>/dev/null')
    const { status, checks, details } = await api.getHealth()
    assert.deepEqual([status, checks.pending_reboot], ['healthy', 'warn'])
    assert.match(details['pending_reboot'] ?? '', /^Somebody has scheduled a reboot .* for 20/)
    await web.sh('shutdown -c 2>/dev/null')
    assert.equal((await api.getHealth()).checks.pending_reboot, 'ok')
  })

  await t.test('somebody who inhibits it holds it up, and does not make it fail', async () => {
    await web.sh('systemd-run -q systemd-inhibit --what=shutdown --mode=block sleep 8')
    const before = web.bootId()
    const { job_id } = await api.reboot()
    await web.booted(before)
    assert.equal((await host.job(job_id)).status, 'completed')
  })

  await t.test('a reboot completes in the next boot, and the agent is there', async () => {
    const before = web.bootId()
    const session = "sleep 100 | script -qfc 'login -f root' /root/screen"
    await web.sh(`systemd-run -q --unit=session sh -c "${session}"`)
    await until('somebody is signed in', async () => (await web.sh('who')) !== '')
    const { job_id } = await api.reboot({ reason: 'a test', delay_seconds: 5 })
    await until('systemd knows of it', async () => (await timers()).includes(job_id))
    await web.sh('systemctl daemon-reload')
    const booted = await web.booted(before)
    const job = await host.job(job_id)
    assert.deepEqual([job.status, job.result?.success], ['completed', true])
    assert.match(job.message, /rebooted and runs kernel/)
    assert.equal((await api.getSystemInfo()).boot_id, booted)
    assert.notEqual(booted, before)
    assert.match(await web.read('/var/lib/linux_patch_api/audit.log'), /"a test"/)
    const screen = await web.read('/root/screen')
    assert.match(screen, /Broadcast message[^]*This host reboots at 20\S+: a test/)
    assert.match(screen, /The system will reboot now/)
  })

  await t.test('a reboot that is due while a job runs waits for its end', async () => {
    await host.putBack('lab-sleep=1.0-1')
    await host.sleepFor(60)
    const before = web.bootId()
    const reboot = await api.reboot({ delay_seconds: 15 })
    const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
    await host.sleeps()
    await wait(Date.parse(reboot.scheduled_at) + 1000 - Date.now())
    assert.equal(web.bootId(), before)
    await host.sleepFor(0)
    await web.booted(before)
    const job = await host.job(job_id)
    assert.deepEqual([job.status, outcomes(job)], ['completed', sleepDone], logOf(job))
    assert.doesNotMatch(logOf(job), /needs repair/)
    const { status, completed_at } = await host.job(reboot.job_id)
    assert.equal(status, 'completed')
    assert.ok((completed_at ?? '') > (job.completed_at ?? ''), 'the job had ended before')
  })

  await t.test(
    'one that is forced at any risk spoils nothing that the next boot does not mend',
    async () => {
      await host.putBack('lab-sleep=1.0-1')
      await host.sleepFor(4)
      const before = web.bootId()
      // The second restarts a service when it is configured, which a host that goes down refuses.
      const wanted = ['lab-sleep', 'lab-svc'].map((name) => ({ name }))
      const { job_id } = await api.installPackages({ packages: wanted })
      await host.sleeps()
      const reboot = await api.reboot({ force: true, acknowledge_corruption_risk: true })
      await web.booted(before)
      const job = await host.job(job_id)
      const expected = [...sleepDone, ['lab-svc', null, '2.0-1', 'done']]
      assert.deepEqual([job.status, outcomes(job)], ['completed', expected], logOf(job))
      assert.equal((await host.job(reboot.job_id)).status, 'completed')
      assert.equal(await host.audit(), '')
    },
  )

  await t.test('patches that want no reboot bring none, though one was allowed', async () => {
    const before = web.bootId()
    const { patches } = await api.listPatches({ status: 'available' })
    const hello = patches.find(({ affected_packages }) => affected_packages.includes('lab-hello'))
    const answer = await api.applyPatches({
      patches: [hello?.id ?? ''],
      options: { reboot: true },
    })
    assert.equal(answer.auto_reboot, true)
    const job = await host.job(answer.job_id)
    assert.deepEqual([job.status, job.result?.reboot_required], ['completed', false])
    assert.deepEqual([job.scheduled_at, web.bootId()], [null, before])
  })

  await t.test('patches that want a reboot get it where it was allowed', async () => {
    const before = web.bootId()
    const { job_id } = await api.applyPatches({ options: { reboot: true } })
    await web.booted(before)
    const job = await host.job(job_id)
    assert.deepEqual([job.status, await host.says('lab-kernelish')], ['completed', 'ii 2.0-1'])
    assert.match(job.message, /rebooted/)
    assert.equal((await api.getSystemInfo()).pending_reboot, false)
    assert.equal(job.result?.reboot_required, false)
  })

  await t.test('where none was allowed, the host says that one is due', async () => {
    await host.putBack('lab-kernelish=1.0-1')
    await web.sh('rm -f /run/reboot-required*') // dnf knows of none
    const before = web.bootId()
    const job = await done(api.updatePackage({ name: 'lab-kernelish' }))
    assert.deepEqual([job.status, job.result?.reboot_required], ['completed', true])
    const { pending_reboot, reboot_reasons } = await api.getSystemInfo()
    assert.equal(pending_reboot, true)
    assert.match(reboot_reasons.join(), /lab-kernelish/)
    const health = await api.getHealth()
    assert.deepEqual([health.status, health.checks.pending_reboot], ['healthy', 'warn'])
    assert.equal(web.bootId(), before)
  })

  await t.test('a cancelled delay leaves the patches, and no reboot', async () => {
    await host.putBack('lab-held=1:1.0-1')
    const { job_id } = await api.applyPatches({
      options: { reboot: true, reboot_delay_minutes: 30 },
    })
    const due = await until('its reboot is due', async () => {
      const found = await api.getJob({ job_id })
      return found.scheduled_at !== null && found
    })
    assert.match(due.message, /Done; reboots at/)
    assert.equal((await api.deleteJob({ job_id })).action, 'cancelled')
    const job = await api.getJob({ job_id })
    assert.equal(
      job.result?.changes.every(({ outcome }) => outcome === 'done'),
      true,
    )
    assert.equal(await host.says('lab-held'), 'ii 1:1.1-1')
  })
})

const detailsOf = ({ error }: { error: object | null }) =>
  (error as { details?: object } | null)?.details ?? {}
