import assert from 'node:assert/strict'
import { onEachKind } from '../story-base.ts'
import { until } from '../until.ts'
import { listenTo } from './listener.ts'
import { errorOf, logOf, openOneHost } from './one-host.ts'
import { UNLIMITED } from '../fleet.ts'

const CONFIG = '/etc/linux_patch_api/config.yaml'
const LOG = '/var/lib/linux_patch_api/audit.log'
const NODE = '/usr/lib/linux-patch-agent/node'
/** How each says that the repository is gone. */
const gones = {
  apt: { log: /404 +Not Found/, failure: /no longer has a Release file/ },
  dnf: { log: /Status code: 404/, failure: /Failed to download metadata for repo 'lab'/ },
}
const LISTENER = 'health: { public_listener: { enabled: true } }\n'

onEachKind('a host says how it is, and what it cannot know it does not invent', async (t, base) => {
  const packages = ['lab-hello=1.0-1', 'lab-lib=1.0-1', 'lab-svc']
  await using host = await openOneHost({ base, packages })
  const { api, ask, web, repository, done } = host
  const gone = gones[host.kind]

  await t.test('its system, its kernel, its boot', async () => {
    const info = await api.getSystemInfo()
    const release = await web.sh('. /etc/os-release; echo "${VERSION_CODENAME:-} $VERSION_ID"')
    const [codename, version = ''] = release.split(' ')
    assert.deepEqual(
      [info.hostname, info.os.codename, info.package_manager],
      ['web', codename, host.kind],
    )
    assert.ok(`${info.os.version}.`.startsWith(`${version}.`), info.os.version)
    assert.equal(info.kernel.version, await web.sh('uname -r'))
    assert.deepEqual([info.machine_id, info.boot_id], [web.machine_id, web.bootId()])
    assert.deepEqual([info.pending_reboot, info.reboot_reasons], [false, []])
    assert.ok(Math.abs(Date.now() - Date.parse(info.last_boot) - info.uptime_seconds * 1000) < 2000)
    assert.ok(info.uptime_seconds < 300, `up for ${info.uptime_seconds} seconds`)
  })

  await t.test('the state of a service, by its name with or without a suffix', async () => {
    for (const name of ['lab-svc', 'lab-svc.service']) {
      const service = await api.getService({ name })
      assert.deepEqual(
        [service.name, service.active_state, service.sub_state, service.enabled, service.outdated],
        ['lab-svc.service', 'active', 'running', true, false],
      )
      assert.ok(Date.now() - Date.parse(service.since ?? '') < 300_000)
    }
    await assert.rejects(api.getService({ name: 'no-such' }), { code: 'INVALID_REQUEST' })
    await assert.rejects(api.getService({ name: '../etc' }), { code: 'INVALID_REQUEST' })
  })

  await t.test('a service that runs a file which was replaced is outdated', async () => {
    assert.deepEqual((await api.listOutdatedServices()).services, [])
    await web.sh('cp /bin/sleep /bin/sleep.new && mv /bin/sleep.new /bin/sleep')
    const { services } = await api.listOutdatedServices()
    assert.deepEqual(
      services.map(({ name, outdated }) => [name, outdated]),
      [['lab-svc.service', true]],
    )
    await web.sh('systemctl restart lab-svc')
    assert.deepEqual((await api.listOutdatedServices()).services, [])
  })

  await t.test('the updates that wait are figures for Prometheus', async () => {
    await api.listPatches()
    const text = await host.text('/metrics')
    assert.match(text, /^linux_patch_agent_pending_updates 2$/m)
    assert.match(text, /^linux_patch_agent_pending_security_updates 1$/m)
    assert.match(text, /^linux_patch_agent_jobs_waiting 0$/m)
    assert.match(text, /^linux_patch_agent_reboot_required 0$/m)
    assert.match(text, /^linux_patch_agent_certificate_expiry_timestamp_seconds \d+/m)
    for (const line of text.trimEnd().split('\n'))
      assert.match(line, /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{.*\})? [0-9.e+-]+)$/)
    assert.equal(await host.text('/api/v1/metrics').then((one) => one.slice(0, 6)), '# HELP')
  })

  await t.test('a refresh is a job, and the lists are new after it', async () => {
    await repository.publish({ name: 'lab-hello', version: '1.2-1' })
    const before = (await api.listPackages()).lists_updated_at
    const job = await done(api.refreshPackages())
    assert.deepEqual([job.operation, job.status], ['refresh', 'completed'])
    const { packages, ...lists } = await api.listPackages({ name: 'lab-hello' })
    assert.equal(packages[0]?.available_version, '1.2-1')
    assert.ok(Date.parse(lists.lists_updated_at ?? '') > Date.parse(before ?? ''))
    assert.equal(lists.lists_failure, null)
  })

  await t.test(
    'who follows a job hears it from its beginning, and nobody else a word',
    async () => {
      using early = await listenTo(web, host.manager)
      using late = await listenTo(web, host.manager)
      using silent = await listenTo(web, host.manager)
      const { job_id } = await api.installPackages({ packages: [{ name: 'lab-recommended' }] })
      early.subscribe(job_id)
      const other = await api.refreshPackages()
      await host.job(other.job_id)
      late.subscribe(job_id)
      const job = await api.getJob({ job_id })
      for (const { heard } of [early, late]) {
        const end = await until('the end is told', async () =>
          heard.find(({ type }) => type === 'job_complete'),
        )
        assert.deepEqual(end.payload, job)
        assert.deepEqual(
          heard.flatMap(({ type, payload }) => (type === 'job_log' ? [payload.message] : [])),
          job.logs.map(({ message }) => message),
        )
        assert.ok(heard.every(({ payload }) => 'job_id' in payload && payload.job_id === job_id))
      }
      const percents = early.heard.flatMap(({ type, payload }) =>
        type === 'job_status' ? [payload.progress_percent] : [],
      )
      assert.deepEqual(
        percents,
        percents.toSorted((a, b) => a - b),
      )
      assert.deepEqual(silent.heard, [])
    },
  )

  await t.test('where the repository is gone, the refresh fails and the list says so', async () => {
    repository.faults.missing = /./
    const job = await done(api.refreshPackages())
    assert.deepEqual(errorOf(job), ['failed', 'PKG_MANAGER_ERROR'])
    assert.match(logOf(job), gone.log)
    const { lists_failure, packages } = await api.listPackages({ name: 'lab-hello' })
    assert.match(lists_failure ?? '', gone.failure)
    assert.equal(packages[0]?.available_version, '1.2-1', 'the old lists still hold')
    assert.match(await host.text('/metrics'), /^linux_patch_agent_package_lists_failed 1$/m)
    repository.faults.missing = undefined
    assert.equal((await done(api.refreshPackages())).status, 'completed')
    assert.equal((await api.listPackages()).lists_failure, null)
  })

  await t.test('settings are read again at once, and bad ones are refused by name', async () => {
    await web.write(CONFIG, `${UNLIMITED}jobs: { timeout_minutes: soon }\n`)
    await assert.rejects(api.reloadConfig(), {
      code: 'CONFIG_INVALID',
      message: /jobs\.timeout_minutes/,
    })
    assert.equal((await api.getHealth()).checks.config, 'warn')
    await web.write(CONFIG, UNLIMITED + LISTENER)
    const { reloaded } = await api.reloadConfig()
    assert.ok(reloaded.includes('config') && reloaded.includes('whitelist'), reloaded.join())
    assert.equal((await api.getHealth()).status, 'healthy')
  })

  await t.test('a monitor without a certificate is told the status and nothing else', async () => {
    const script = `for (const path of ['/health', '/metrics', '/api/v1/jobs']) {
      const answer = await fetch('http://127.0.0.1:12480' + path)
      console.log(answer.status, await answer.text()) }`
    const fetched = () => web.exec([NODE, '--input-type=module', '-e', script])
    await until('it listens', async () => (await fetched()).exitCode === 0, 10)
    const lines = (await fetched()).stdout.split('\n')
    assert.equal(lines[0], '200 {"status":"healthy"}')
    assert.deepEqual(
      lines.slice(1).map((line) => line.split(' ')[0]),
      ['404', '404'],
    )
    await web.write(CONFIG, UNLIMITED)
    await api.reloadConfig()
    assert.notEqual((await fetched()).exitCode, 0)
  })

  await t.test('on the host itself, its status can be read', async () => {
    const text = await web.sh('linux-patch-agent status')
    assert.match(text, /^Agent +active, version /m)
    assert.match(text, /^Health +healthy$/m)
    assert.match(text, /^Certificate +until \d{4}-\d\d-\d\d .*in \d+ days/m)
    assert.match(text, /^Running +nothing$/m)
    assert.match(text, /^Updates +2, of them 1 for security; 0 held back$/m)
    assert.match(text, /^Reboot +not needed$/m)
    await web.sh('systemctl stop linux-patch-agent')
    assert.match(await web.sh('linux-patch-agent status'), /^Agent +inactive/m)

    // One that ends at once and is started for ever is not called active.
    await web.write(CONFIG, 'listen: [')
    await web.sh('systemctl start linux-patch-agent')
    const looping = /^Agent +(active|activating \(auto-restart\)), ([2-9]|\d\d) restarts, version /m
    await until('it says so', async () => looping.test(await web.sh('linux-patch-agent status')))
    await web.write(CONFIG, UNLIMITED)
    await web.sh('systemctl restart linux-patch-agent')
    await until('it answers', async () => (await ask('/health').catch(() => null))?.status === 200)
  })

  await t.test('its audit log is whole, until somebody has been at it', async () => {
    assert.match(await web.sh('linux-patch-agent audit verify'), /^\d+ records, the last is number/)
    assert.match(await web.read(LOG), /refreshPackages|refresh/)
    await web.sh('systemctl stop linux-patch-agent')
    await web.sh(
      `cp ${LOG} /root/kept; sed -i '2s/"at":"20/"at":"19/' ${LOG}; ! cmp -s ${LOG} /root/kept`,
    )
    const { exitCode, stdout, stderr } = await web.exec(['linux-patch-agent', 'audit', 'verify'])
    assert.equal(exitCode, 1, stdout)
    assert.match(`${stdout}${stderr}`, /audit\.log: line 2 /)
  })
})
