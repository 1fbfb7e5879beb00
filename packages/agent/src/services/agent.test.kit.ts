import { join } from 'node:path'
import { jobStore } from '../store/jobs.ts'
import { lastingDatabase } from '../store/lasting.ts'
import { listStore } from '../store/lists.ts'
import { previewStore } from '../store/previews.ts'
import { snapshotStore } from '../store/snapshots.ts'
import { jobAge } from './age.ts'
import { jobService } from './jobs.ts'
import { liveJobs } from './live.ts'
import { previewService } from './previews.ts'
import { jobRunner } from './runner.ts'
import { runOn, type TestHost } from './host.test.kit.ts'
import { packageManagerOf } from './packages.test.kit.ts'

type AgentOptions = {
  now?: () => Date
  timeoutMinutes?: number
  maxConcurrent?: number
  boot_id?: string
  /** Milliseconds by the clock that nobody sets, and for how many of them the host is up. */
  monotonic?: () => number
  uptime?: () => number
}

/** An agent on that host. Another one over the same host is the agent after a restart. */
export function testAgent(host: TestHost, options: AgentOptions = {}) {
  const { now = () => new Date(), timeoutMinutes = 30, maxConcurrent = 5 } = options
  const { boot_id = 'boot-1' } = options
  const { monotonic = () => performance.now(), uptime = () => 365 * 24 * 3600_000 } = options
  const errors: { fields: object; message: string }[] = []
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (fields: object, message: string) => void errors.push({ fields, message }),
  }
  const db = lastingDatabase(join(host.folder, 'agent.db'))
  const store = jobStore(db, now)
  const live = liveJobs({ store, log, now })
  const packageManager = packageManagerOf(host)
  const lookAtDisk = async () => ({ device: 1, free_bytes: host.free_bytes })
  const common = {
    db,
    store,
    live,
    packageManager,
    log,
    boot_id,
    now,
    lookAtDisk,
    snapshots: snapshotStore(db),
    previews: previewStore(db, now),
    lists: listStore(db),
    ageOf: jobAge({ now, boot_id, monotonic, uptime }),
    run: runOn(host),
    folder: join(host.folder, 'jobs'),
  }
  const runner = jobRunner({
    ...common,
    timeoutMinutes: () => timeoutMinutes,
    maxConcurrent: () => maxConcurrent,
    poll_milliseconds: 5,
  })
  const jobs = jobService({
    ...common,
    wake: runner.wake,
    checkRecords: () => db.check({ anew: true }),
  })
  const previewing = previewService(common)
  runner.start()
  async function stop() {
    await runner.stop()
    db.close()
  }
  return { ...common, jobs, previewing, runner, errors, stop, [Symbol.asyncDispose]: stop }
}
export type TestAgent = ReturnType<typeof testAgent>

export const call = (idempotency_key: string | null = null, identity = 'urn:lpm:manager:1') => ({
  caller: { identity },
  request_id: '00000000-0000-4000-8000-000000000000',
  idempotency_key,
})
export const options = { force: false, no_recommends: false, allow_downgrade: false }
export const wanting = (...names: string[]) => ({
  packages: names.map((name) => ({ name, version: null })),
  options,
})

/** Waits until something is so; a test that waits in vain says for what. */
export async function until(what: string, isSo: () => boolean) {
  for (let tried = 0; tried < 1000; tried += 1) {
    if (isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`waited in vain until ${what}`)
}

export const ended = ({ store }: TestAgent, job_id: string) =>
  until('the job is over', () => store.get(job_id).phase === 'over')

export const hasStarted = (host: TestHost, phase: string) =>
  until(`${phase} is running`, () =>
    host.units.some((unit) => unit.phase === phase && unit.running),
  )

/** An agent that is gone while a unit of its job is at work. */
export async function stoppedIn(host: TestHost, phase: string) {
  host.phases.set(phase, () => undefined)
  await using agent = testAgent(host)
  const { job_id } = await agent.jobs.install(wanting('nginx'), call())
  await hasStarted(host, phase)
  host.phases.delete(phase)
  return job_id
}

/** The phases whose units were started, in order. */
export const started = (host: TestHost) => host.units.map(({ phase }) => phase)

export const isSet = (host: TestHost) =>
  until('the timer of a reboot is set', () => host.timers.some(({ active }) => active))

/** A job that has ended. */
export async function done(agent: TestAgent, ...names: string[]) {
  const { job_id } = await agent.jobs.install(wanting(...names), call())
  await ended(agent, job_id)
  return job_id
}
