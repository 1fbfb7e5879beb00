import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Ran, Run } from './run.ts'
import { look, signal, start, unitName } from './transient-unit.ts'

const JOB = '0197f3a2-5b1c-7c3e-9d58-2f6b8a1e4c70'
const command = { argv: ['/usr/bin/apt-get', 'install'], env: { LC_ALL: 'C.UTF-8' } }
const ran = (stdout = '', exitCode = 0, stderr = ''): Ran => ({ exitCode, stdout, stderr })

/** A host whose systemd says what a test wants it to, and remembers what it was asked. */
function host(t: TestContext, answers: { systemdRun?: Ran; systemctl?: Ran } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'unit-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const asked: string[][] = []
  const run: Run = async (program, args) => {
    asked.push([program, ...args])
    return (program === 'systemdRun' ? answers.systemdRun : answers.systemctl) ?? ran()
  }
  const unit = { job_id: JOB, phase: 'install', folder }
  const end = (text: string) => writeFileSync(join(folder, 'install.rc'), text)
  return { run, asked, unit, end, begin: { ...unit, command, stop: 'SIGINT' as const } }
}

const property = (asked: string[][], name: string) =>
  asked[0]?.find((word) => word.startsWith(`--property=${name}=`))?.slice(name.length + 12)

test('a phase starts in a unit of its own, named after its job', async (t) => {
  const { run, asked, begin } = host(t)
  assert.equal(await start(run, begin), 'started')
  assert.ok(asked[0]?.includes(`--unit=linux-patch-job-${JOB}-install.service`))
  assert.ok(asked[0]?.includes('--collect'))
  assert.ok(asked[0]?.includes('--setenv=LC_ALL=C.UTF-8'))
  assert.deepEqual(asked[0]?.slice(-3), ['sh', '/usr/bin/apt-get', 'install'])
})

test('no pipe leads to the agent, and nothing limits how long dpkg may take', async (t) => {
  const { run, asked, begin } = host(t)
  await start(run, begin)
  assert.doesNotMatch(asked.join(' '), /--pipe|--pty|RuntimeMaxSec|--wait/)
  assert.equal(property(asked, 'KillSignal'), 'SIGINT')
  assert.equal(property(asked, 'KillMode'), 'process')
  assert.equal(property(asked, 'TimeoutStopSec'), '15min')
})

test('the script that keeps the end of a unit does so, and its line has no `$` for systemd to escape', async (t) => {
  const { run, asked, unit, begin } = host(t)
  await start(run, begin)
  const line = property(asked, 'ExecStopPost') ?? ''
  assert.ok(!line.includes('$'))
  const [shell = '', script = ''] = line.split(' ')
  spawnSync(shell, [script], {
    env: {
      PATH: '/usr/bin:/bin',
      SERVICE_RESULT: 'exit-code',
      EXIT_CODE: 'exited',
      EXIT_STATUS: '100',
    },
  })
  assert.deepEqual(await look(run, unit), { result: 'exit-code', code: 'exited', status: '100' })
})

test('the command writes its progress to fd 3 and takes the place of its shell', async (t) => {
  const { run, asked, unit, begin } = host(t)
  await start(run, { ...begin, command: { argv: ['/bin/sh', '-c', 'echo hello >&3'], env: {} } })
  const [program = '', ...args] = asked[0]?.slice((asked[0]?.indexOf('--') ?? 0) + 1) ?? []
  spawnSync(program, args)
  assert.equal(readFileSync(join(unit.folder, 'install.status'), 'utf8'), 'hello\n')
})

test('systemd replaces no variable in the words of a command', async (t) => {
  const { run, asked, begin } = host(t)
  await start(run, { ...begin, command: { argv: ['/bin/echo', '$HOME ${HOME}'], env: {} } })
  assert.equal(asked[0]?.at(-1), '$$HOME $${HOME}')
})

test('a phase that has ended never runs again', async (t) => {
  const { run, asked, begin, end } = host(t)
  end('success exited 0\n')
  assert.equal(await start(run, begin), 'started_before')
  assert.deepEqual(asked, [])
})

test('a phase that is running is found running, not refused', async (t) => {
  const taken = ran('', 1, 'Failed to start transient service unit: Unit was already loaded')
  const { run, begin } = host(t, { systemdRun: taken, systemctl: ran('active') })
  assert.equal(await start(run, begin), 'started_before')
})

test('a unit that systemd will not start is a failure that says why', async (t) => {
  const { run, begin } = host(t, {
    systemdRun: ran('', 1, 'System has not been booted with systemd'),
    systemctl: ran('inactive'),
  })
  await assert.rejects(start(run, begin), { code: 'PKG_MANAGER_ERROR', message: /not been booted/ })
})

test('the file of its end comes before what systemd says', async (t) => {
  const { run, unit, end } = host(t, { systemctl: ran('active') })
  assert.equal(await look(run, unit), 'running')
  end('signal killed KILL\n')
  assert.deepEqual(await look(run, unit), { result: 'signal', code: 'killed', status: 'KILL' })
})

test('a unit that ends between the two looks is not lost', async (t) => {
  const { unit, end } = host(t)
  const run: Run = async () => {
    end('success exited 0\n')
    return ran('inactive')
  }
  assert.deepEqual(await look(run, unit), { result: 'success', code: 'exited', status: '0' })
})

test('a unit that is stopping is still running', async (t) => {
  const { run, unit } = host(t, { systemctl: ran('deactivating') })
  assert.equal(await look(run, unit), 'running')
})

test('no unit and no word of its end is a lost phase', async (t) => {
  const { run, unit } = host(t, { systemctl: ran('inactive') })
  assert.equal(await look(run, unit), 'lost')
})

test('a file that a power cut left empty tells nothing', async (t) => {
  const { run, unit, end } = host(t, { systemctl: ran('inactive') })
  end('')
  assert.equal(await look(run, unit), 'lost')
})

test('a systemd that does not answer makes no phase lost', async (t) => {
  const { run, unit } = host(t, { systemctl: ran('', 1, 'Failed to connect to bus') })
  await assert.rejects(look(run, unit), { code: 'PKG_MANAGER_ERROR', message: /connect to bus/ })
})

test('only the main process hears a signal', async (t) => {
  const { run, asked, unit } = host(t)
  await signal(run, { ...unit, stop: 'SIGINT' })
  assert.deepEqual(asked, [
    ['systemctl', 'kill', '--kill-who=main', '--signal=SIGINT', unitName(unit)],
  ])
})

test('what has ended meanwhile need not be asked to stop', async (t) => {
  const { run, unit, end } = host(t, { systemctl: ran('', 1, 'Unit not loaded.') })
  end('success exited 0\n')
  await signal(run, { ...unit, stop: 'SIGINT' })
})

test('TERM is for what only fetches', async (t) => {
  const { run, asked, unit, begin } = host(t)
  for (const phase of ['install', 'repair-1', 'configure']) {
    await assert.rejects(signal(run, { ...unit, phase, stop: 'SIGTERM' }), /only what fetches/)
    await assert.rejects(start(run, { ...begin, phase, stop: 'SIGTERM' }), /only what fetches/)
  }
  assert.deepEqual(asked, [])
  for (const phase of ['download', 'refresh-2'])
    assert.equal(await start(run, { ...begin, phase, stop: 'SIGTERM' }), 'started')
})

test('what a shell would read as more than a name never gets that far', async (t) => {
  const { run, asked, begin } = host(t)
  const strange = [
    { job_id: '1' },
    { job_id: `${JOB};reboot` },
    { job_id: JOB.toUpperCase() },
    { phase: 'install; reboot' },
    { phase: '' },
    { phase: '../x' },
    { phase: 'a b' },
    { folder: '/tmp/$(reboot)' },
    { folder: "/tmp/it's" },
    { folder: 'jobs' },
    { folder: '/a/../b' },
    { folder: '/tmp/a b' },
    { folder: '/tmp/%n' },
    { folder: '/tmp/a\n' },
  ]
  for (const change of strange) {
    await assert.rejects(start(run, { ...begin, ...change }), /is not/)
    await assert.rejects(look(run, { ...begin, ...change }), /is not/)
  }
  assert.deepEqual(asked, [])
})
