import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jobStore, type NewJob } from './jobs.ts'
import { openDatabase } from './open.ts'

export const page = { sort: 'created_at' as const, order: 'desc' as const, limit: 100, offset: 0 }
export const AT = new Date('2026-09-01T10:00:00.000Z')

/** A folder for a database that tests may open more than once, and break. */
export function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'agent-store-'))
  const path = join(folder, 'state', 'agent.db')
  const open = () => {
    const db = openDatabase(path)
    return { db, jobs: jobStore(db, () => AT), [Symbol.dispose]: () => db.close() }
  }
  return { path, open, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

export const newJob = (changes: Partial<NewJob> = {}): NewJob => ({
  operation: 'install',
  request: {
    operation: 'install',
    packages: [{ name: 'nginx', version: '1.22.1' }],
    exclude_packages: [],
    force: false,
    no_recommends: false,
    allow_downgrade: false,
  },
  patches: [],
  idempotency_key: null,
  request_hash: 'hash-1',
  caller: 'urn:lpm:manager:1',
  request_id: '00000000-0000-4000-8000-000000000000',
  ...changes,
})
