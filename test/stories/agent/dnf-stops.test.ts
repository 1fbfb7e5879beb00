import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../needs.ts'
import { UNLIMITED } from '../fleet.ts'
import { until } from '../until.ts'
import { errorOf, logOf, openOneHost, outcomes, unlessAway } from './one-host.ts'

const skip = skipWithout('dnf')
const MEGABYTE = 1024 * 1024
const packages = [
  'lab-conf=1.0',
  'lab-hello=1.0',
  'lab-sleep=1.0',
  'lab-svc=1.0',
  'lab-kernelish=1.0',
]

test('with dnf, a job stops where that is safe, and a reboot is asked for', { skip }, async (t) => {
  await using host = await openOneHost({ base: 'dnf', packages })
  const { api, done, says, web, lab } = host

  await t.test('one that downloads stops at once', async () => {
    lab.rpms.faults.bytes_per_second = MEGABYTE / 2
    const { job_id } = await api.installPackages({ packages: [{ name: 'lab-big' }] })
    await until('a part has come', async () =>
      /lab-big/.test((await api.getJob({ job_id })).message),
    )
    const asked = Date.now()
    assert.equal((await api.deleteJob({ job_id })).action, 'cancelled')
    await until(
      'dnf has ended',
      async () => (await web.exec(['pgrep', '-f', 'dnf4 download'])).exitCode !== 0,
    )
    assert.ok(Date.now() - asked < 5000)
    lab.rpms.faults.bytes_per_second = undefined
    const again = await done(api.installPackages({ packages: [{ name: 'lab-big' }] }))
    assert.equal(again.status, 'completed', logOf(again))
  })

  await t.test(
    'one of several groups stops between two; rpm finishes the one it is at',
    async () => {
      await host.sleepFor(5)
      const { job_id } = await api.applyPatches({})
      await host.sleeps()
      assert.equal((await api.deleteJob({ job_id })).action, 'cancel_requested')
      assert.match(logOf(await api.getJob({ job_id })), /rpm finishes a transaction that has begun/)
      const job = await host.job(job_id, 120)
      assert.deepEqual(errorOf(job), ['cancelled', 'JOB_CANCELLED'], logOf(job))
      const left = outcomes(job).filter(([, , , outcome]) => outcome === 'not_done')
      assert.ok(left.length > 0)
      for (const [name, before] of left) assert.equal(await says(String(name)), `ii ${before}`)
      assert.equal(await says('lab-sleep'), 'ii 2.0-1')
      assert.deepEqual(job.result?.rollback, { possible: true, reason: null })
      assert.equal(await host.audit(), '')
    },
  )

  await t.test('an advisory that wants a reboot gets it, in a new boot', async () => {
    await host.putBack('lab-kernelish=1.0')
    await web.reboot()
    await until(
      'the agent is back',
      async () => (await unlessAway(api.getSystemInfo())) !== undefined,
    )
    assert.equal((await api.getSystemInfo()).pending_reboot, false)
    const job = await done(api.updatePackage({ name: 'lab-kernelish' }))
    assert.deepEqual([job.status, job.result?.reboot_required], ['completed', true], logOf(job))
    const { pending_reboot, reboot_reasons } = await api.getSystemInfo()
    assert.equal(pending_reboot, true)
    assert.match(reboot_reasons.join(), /lab-kernelish/)

    const before = web.bootId()
    const reboot = await api.reboot({ reason: 'an advisory' })
    await web.booted(before)
    assert.equal((await host.job(reboot.job_id)).status, 'completed')
    assert.equal((await api.getSystemInfo()).pending_reboot, false)
  })
})

test(
  'with dnf, a job that takes too long is told in full once rpm has ended',
  { skip },
  async () => {
    const agent_config = `${UNLIMITED}jobs: { timeout_minutes: 1 }\n`
    await using host = await openOneHost({ base: 'dnf', packages: ['lab-sleep=1.0'], agent_config })
    const { api } = host
    await host.sleepFor(80)
    const { job_id } = await api.updatePackage({ name: 'lab-sleep' })
    const late = await host.job(job_id, 80)
    assert.deepEqual(errorOf(late), ['timeout', 'JOB_TIMEOUT'])
    assert.match(late.message, /rpm finishes a transaction that has begun/)

    const told = await until(
      'rpm has ended',
      async () => {
        const job = await api.getJob({ job_id })
        return /has ended since/.test(job.message) && job
      },
      60,
    )
    assert.deepEqual(outcomes(told), [['lab-sleep', '1.0-1', '2.0-1', 'done']], logOf(told))
    assert.equal(await host.audit(), '')
  },
)
