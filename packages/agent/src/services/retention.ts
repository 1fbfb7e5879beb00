import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { JobStore } from '../store/jobs.ts'
import { savedFolder } from './prepare.ts'
import type { Running } from './running.ts'

type Limits = { jobs: number; days: number; saved_bytes: number }
export const LIMITS: Limits = { jobs: 1000, days: 30, saved_bytes: 1024 ** 3 }

const DAY_MS = 24 * 3600_000
export const SWEEP_MS = 3600_000

type Deps = { store: JobStore; folder: string }

/** Removes a job with its log, its files and what was saved for its rollback. */
export function forget({ store, folder }: Deps, job_id: string) {
  store.remove(job_id)
  rmSync(join(folder, job_id), { recursive: true, force: true })
}

/** Keeps what the jobs leave within bounds: the oldest goes first. */
export const retention = (deps: Deps & Pick<Running, 'now' | 'log'>, limits = LIMITS) => {
  let next = 0
  let ended = -1
  return {
    /** When another job has ended, and now and then. */
    sweepIfDue() {
      const now = deps.now().getTime()
      const count = deps.store.counts().ended
      if (now < next && count === ended) return
      forgetOld(deps, limits, now)
      removeStray(deps)
      cutSaved(deps, limits)
      next = now + SWEEP_MS
      ended = deps.store.counts().ended
    },
  }
}

function forgetOld(deps: Deps, { jobs, days }: Limits, now: number) {
  const ended = deps.store.ended()
  const oldest = new Date(now - days * DAY_MS).toISOString()
  for (const [at, { job_id, completed_at }] of ended.entries())
    if (completed_at < oldest || at < ended.length - jobs) forget(deps, job_id)
}

/** An agent that died between the row and the folder left the folder. */
function removeStray({ store, folder }: Deps) {
  for (const name of names(folder))
    if (isId(name) && !store.find(name))
      rmSync(join(folder, name), { recursive: true, force: true })
}

const isId = (name: string) => /^[0-9a-f-]{36}$/.test(name)

/** Without its packages a job cannot be taken back, and says so. */
function cutSaved({ store, folder }: Deps, { saved_bytes }: Limits) {
  const sizes = new Map(
    names(folder)
      .filter(isId)
      .map((name) => [name, sizeOf(savedFolder(folder, name))]),
  )
  let total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
  for (const { job_id } of store.ended()) {
    if (total <= saved_bytes) return
    const bytes = sizes.get(job_id) ?? 0
    if (bytes === 0) continue
    const { result, message } = store.get(job_id)
    const reason = 'The packages kept for it were removed to make room for newer ones.'
    if (result?.rollback)
      store.settle(job_id, { ...result, rollback: { possible: false, reason } }, message)
    rmSync(savedFolder(folder, job_id), { recursive: true, force: true })
    total -= bytes
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

const sizeOf = (folder: string): number =>
  names(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
