import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { migrations } from '../store/migrations.ts'
import { ended, started, testAgent } from './agent.test.kit.ts'
import { testHost, type TestHost } from './host.test.kit.ts'

const JOB = '00000000-0000-4000-8000-000000000001'
const NEXT = '00000000-0000-4000-8000-000000000002'
const request = (name: string, version: string) =>
  JSON.stringify({
    operation: 'install',
    packages: [{ name, version }],
    exclude_packages: [],
    force: false,
    no_recommends: false,
    allow_downgrade: false,
  })
const change = { name: 'nginx', action: 'install', version_before: null, version_planned: '1.22.1' }
const plan = { changes: [change], download_bytes: 1, disk_bytes: 1, automatic: [], broken: [] }

/** What an agent of the first release leaves: a job in one phase, and one that waits. */
function leave(host: TestHost, phase: string) {
  const db = new DatabaseSync(join(host.folder, 'agent.db'))
  for (const statement of migrations[0] ?? []) db.exec(statement)
  db.exec('PRAGMA user_version = 1')
  const insert = db.prepare(`INSERT INTO jobs (job_id, operation, status, phase, progress_percent,
      message, request, patches, plan, request_hash, caller, request_id, boot_id, created_at,
      started_at, updated_at)
    VALUES (?, 'install', ?, ?, 0, '', ?, '[]', ?, 'h', 'c', 'r', 'boot-1', ?, ?, ?)`)
  const at = new Date().toISOString()
  const text = JSON.stringify(plan)
  insert.run(JOB, 'running', phase, request('nginx', '1.22.1'), text, at, at, at)
  insert.run(NEXT, 'pending', 'queued', request('curl', '7.88.1'), null, at, null, at)
  db.close()
  const folder = join(host.folder, 'jobs', JOB)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${phase}.status`), '')
  writeFileSync(join(folder, `${phase}.rc`), 'success exited 0\n')
}

test('an installation that an older agent began is judged, and what waited is done', async () => {
  using host = testHost()
  leave(host, 'install')
  host.installed.set('nginx', { version: '1.22.1', state: 'installed' })
  await using agent = testAgent(host)
  await ended(agent, JOB)
  await ended(agent, NEXT)
  const { status, result } = agent.jobs.get({ job_id: JOB })
  assert.equal(status, 'completed')
  assert.equal(result?.rollback?.possible, false)
  assert.equal(agent.jobs.get({ job_id: NEXT }).result?.rollback?.possible, true)
  assert.deepEqual(started(host), ['download', 'install'])
})

test('a download that an older agent made is installed, with a way back', async () => {
  using host = testHost()
  leave(host, 'download')
  await using agent = testAgent(host)
  await ended(agent, JOB)
  const { status, result } = agent.jobs.get({ job_id: JOB })
  assert.equal(status, 'completed')
  assert.equal(result?.rollback?.possible, true)
})
