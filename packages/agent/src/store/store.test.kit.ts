import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nothingAsked, type TransactionRequest } from '../package-manager.ts'
import { jobStore, type NewJob } from './jobs.ts'
import { listStore } from './lists.ts'
import { openDatabase } from './open.ts'
import { previewStore } from './previews.ts'
import { snapshotStore } from './snapshots.ts'

export const page = { sort: 'created_at' as const, order: 'desc' as const, limit: 100, offset: 0 }
export const AT = new Date('2026-09-01T10:00:00.000Z')

/** A folder for a database that tests may open more than once, and break. */
export function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'agent-store-'))
  const path = join(folder, 'state', 'agent.db')
  const open = () => {
    const db = openDatabase(path)
    return {
      db,
      jobs: jobStore(db, () => AT),
      snapshots: snapshotStore(db),
      previews: previewStore(db, () => AT),
      lists: listStore(db),
      [Symbol.dispose]: () => db.close(),
    }
  }
  return { path, open, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

const request: TransactionRequest = {
  ...nothingAsked,
  operation: 'install',
  packages: [{ name: 'nginx', version: '1.22.1' }],
}

export const newJob = (changes: Partial<NewJob> = {}): NewJob => ({
  operation: 'install',
  request,
  asked: request,
  names: ['nginx'],
  patches: [],
  reboot: null,
  expected_digest: null,
  original_job_id: null,
  scheduled_at: null,
  idempotency_key: null,
  request_hash: 'hash-1',
  caller: 'urn:lpm:manager:1',
  request_id: '00000000-0000-4000-8000-000000000000',
  ...changes,
})
