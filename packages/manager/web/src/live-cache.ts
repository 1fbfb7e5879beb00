import { isFinalPart } from '@linux-patch/shared/job-moves'
import type { JobDetail, JobHost } from '@linux-patch/shared/job'
import type { SocketMessage } from '@linux-patch/shared/live'
import type { QueryClient, QueryKey } from '@tanstack/react-query'

type Message<Type> = Extract<SocketMessage, { type: Type }>['payload']

const keysOf = {
  hosts: [['hosts'], ['host']],
  enrollments: [['enrollments']],
  certificates: [['certificates']],
  jobs: [['jobs'], ['job']],
} as const satisfies Record<Message<'changed'>['what'], QueryKey[]>

/**
 * Puts what the socket says into what the page has already read, and asks again where a message only
 * says that something changed. Messages that come close together ask once.
 */
export function liveCache(queries: QueryClient, pause_ms = 300) {
  const stale = new Map<string, QueryKey>()

  function askAgain(...keys: QueryKey[]) {
    if (stale.size === 0) setTimeout(flush, pause_ms)
    for (const key of keys) stale.set(JSON.stringify(key), key)
  }
  function flush() {
    const keys = [...stale.values()]
    stale.clear()
    for (const queryKey of keys) void queries.invalidateQueries({ queryKey })
  }
  const update = (id: string, change: (job: JobDetail) => JobDetail) =>
    queries.setQueryData<JobDetail>(['job', id], (job) => job && change(job))

  return {
    apply({ type, payload }: SocketMessage) {
      if (type === 'changed') return askAgain(...keysOf[payload.what])
      if (type === 'job_log')
        return void update(payload.job_id, (job) => changeHost(job, payload.host_id, log(payload)))
      askAgain(['jobs'])
      if (type === 'job_status') {
        const { job_id, status, progress_percent } = payload
        const before = queries.getQueryData<JobDetail>(['job', job_id])?.status
        update(job_id, (job) => ({ ...job, status, progress_percent }))
        // Its packages and times are only in the full answer.
        if (before !== 'running' || status !== 'running') askAgain(['job', job_id])
      } else {
        update(payload.job_id, (job) => changeHost(job, payload.host_id, progress(payload)))
        if (isFinalPart(payload.status)) askAgain(['job', payload.job_id], ['host'], ['hosts'])
      }
    },
    /** After a silence: anything may have happened. What somebody reads closely or types into stays. */
    askAll: () =>
      void queries.invalidateQueries({
        predicate: ({ queryKey: [what] }) => what !== 'preview' && what !== 'settings',
      }),
  }
}

const changeHost = (job: JobDetail, id: string, change: (host: JobHost) => JobHost) => ({
  ...job,
  hosts: job.hosts.map((host) => (host.host_id === id ? change(host) : host)),
})

const progress =
  ({ status, progress_percent, message }: Message<'job_host_status'>) =>
  (host: JobHost): JobHost => ({ ...host, status, progress_percent, message })

const log =
  ({ timestamp, level, message }: Message<'job_log'>) =>
  (host: JobHost): JobHost => {
    // The line may also have come with an answer that was on its way.
    const known = host.logs
      .slice(-50)
      .some((line) => line.timestamp === timestamp && line.message === message)
    return known ? host : { ...host, logs: [...host.logs, { timestamp, level, message }] }
  }
