import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Package } from '@linux-patch/shared/package'
import { readStatus, type Status } from './status.ts'
import { statusText } from './status-text.ts'

const NOW = new Date('2026-01-02T12:00:00Z')
const status: Status = {
  version: '0.1.0',
  now: NOW,
  agent: 'active',
  health: { status: 'healthy', details: {} },
  certificate_until: new Date('2026-03-01T00:00:00Z'),
  jobs: [],
  updates: { total: 12, security: 3, blocked: 1 },
  lists_updated_at: new Date('2026-01-02T09:00:00Z'),
  lists_failure: null,
  reboot_reasons: [],
}
const job = {
  operation: 'install' as const,
  names: ['nginx'],
  status: 'pending' as const,
  progress_percent: 0,
  message: '',
  scheduled_at: null,
}
const line = (name: string, changes: Partial<Status>) =>
  statusText({ ...status, ...changes })
    .split('\n')
    .find((one) => one.startsWith(name))
    ?.slice(15)

test('a host that has nothing to do', () =>
  assert.equal(
    statusText(status),
    `Agent          active, version 0.1.0
Health         healthy
Certificate    until 2026-03-01 00:00 UTC (in 57 days)
Running        nothing
Waiting        nothing
Updates        12, of them 3 for security; 1 held back
Package lists  fetched 2026-01-02 09:00 UTC (3 hours ago)
Reboot         not needed`,
  ))

test('what runs and what waits, each on its line', () => {
  const running = {
    ...job,
    status: 'running' as const,
    progress_percent: 40,
    message: 'Unpacking nginx',
  }
  const reboot = {
    ...job,
    operation: 'reboot' as const,
    names: [],
    status: 'running' as const,
    scheduled_at: '2026-01-02T12:30:00Z',
  }
  const text = statusText({
    ...status,
    jobs: [running, reboot, job, { ...job, operation: 'refresh', names: [] }],
  })
  assert.match(
    text,
    /^Running        install nginx: 40 %, Unpacking nginx\n {15}reboot: due 2026-01-02 12:30 UTC \(in 30 minutes\)$/m,
  )
  assert.match(text, /^Waiting        install nginx\n {15}refresh$/m)
})

test('what is not known is called unknown, and never 0', () => {
  assert.equal(line('Agent', { agent: null }), 'unknown, version 0.1.0')
  assert.equal(line('Running', { jobs: null }), 'unknown')
  assert.equal(line('Updates', { updates: null }), 'unknown')
  assert.equal(line('Reboot', { reboot_reasons: null }), 'unknown')
  assert.equal(line('Package lists', { lists_updated_at: null }), 'never fetched, or not readable')
  assert.equal(
    line('Updates', { updates: { total: 1, security: null, blocked: 0 } }),
    '1, of them unknown for security; 0 held back',
  )
})

test('what is wrong is said in words', () => {
  assert.equal(line('Certificate', { certificate_until: null }), 'none: this host is not enrolled')
  const before = new Date('2026-01-01T00:00:00Z')
  assert.equal(
    line('Certificate', { certificate_until: before }),
    'expired 2026-01-01 00:00 UTC (36 hours ago)',
  )
  assert.match(
    line('Package lists', { lists_failure: '404 of an archive' }) ?? '',
    /; the last try failed: 404 of an archive$/,
  )
  assert.equal(line('Reboot', { reboot_reasons: ['One.', 'Two.'] }), 'due: One. Two.')
  const health = { status: 'degraded' as const, details: { whitelist: 'Nobody may call.' } }
  assert.match(
    statusText({ ...status, health }),
    /^Health {9}degraded\n {15}whitelist: Nobody may call\.$/m,
  )
})

test('what a package wrote into a message gives no orders to the terminal', () => {
  const jobs = [{ ...job, status: 'running' as const, message: '\u001b[2Jgone\nReboot: none' }]
  const text = statusText({ ...status, jobs })
  assert.ok(!text.includes('\u001b'))
  assert.equal(text.split('\n').length, 8)
})

const broken = async () => {
  throw new Error('not there')
}

const ran = { exitCode: 0, stdout: '', stderr: '' }
const known = {
  version: '0.1.0',
  now: () => NOW,
  run: async () => ran,
  health: async () => status.health,
  certificateUntil: () => null,
  jobs: () => [],
  listsFailure: () => null,
  packageManager: { list: broken, patches: broken, rebootReasons: broken },
}

test('where nothing can be read, everything is unknown and nothing fails', async () => {
  const read = await readStatus({
    version: '0.1.0',
    now: () => NOW,
    run: broken,
    health: async () => status.health,
    certificateUntil: () => null,
    jobs: () => {
      throw new Error('not there')
    },
    listsFailure: () => {
      throw new Error('not there')
    },
    packageManager: { list: broken, patches: broken, rebootReasons: broken },
  })
  const { agent, jobs, updates, lists_updated_at, reboot_reasons } = read
  assert.deepEqual(
    [agent, jobs, updates, lists_updated_at, reboot_reasons],
    [null, null, null, null, null],
  )
})

const systemd: [says: string, shown: string | null][] = [
  ['ActiveState=active\nSubState=running\nNRestarts=0\n', 'active'],
  ['ActiveState=active\nSubState=running\nNRestarts=1\n', 'active, 1 restart'],
  [
    'NRestarts=7\nActiveState=activating\nSubState=auto-restart\n',
    'activating (auto-restart), 7 restarts',
  ],
  ['ActiveState=inactive\nSubState=dead\nNRestarts=0\n', 'inactive'],
  ['ActiveState=failed\nSubState=failed\nNRestarts=0\n', 'failed'],
  ['', null],
]
for (const [stdout, shown] of systemd)
  test(`of the agent it says what systemd says: ${shown}`, async () => {
    const { agent } = await readStatus({ ...known, run: async () => ({ ...ran, stdout }) })
    assert.equal(agent, shown)
  })

test('updates are counted from the list of packages', async () => {
  const update = { status: 'installed', upgradable: true, security: true, blocked_by: null }
  const { updates, lists_updated_at } = await readStatus({
    ...known,
    packageManager: {
      list: async () => ({
        packages: [update as Package],
        lists_updated_at: '2026-01-01T00:00:00.000Z',
        lists_failure: null,
      }),
      patches: async () => [],
      rebootReasons: async () => [],
    },
  })
  assert.deepEqual(updates, { total: 1, security: 1, blocked: 0 })
  assert.equal(lists_updated_at?.toISOString(), '2026-01-01T00:00:00.000Z')
})
