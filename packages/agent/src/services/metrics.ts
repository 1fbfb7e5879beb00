import type { X509Certificate } from 'node:crypto'
import type { AgentJob } from '@linux-patch/shared/agent-job'
import type { AgentSocketMessage } from '@linux-patch/shared/live'
import { version } from '../config.ts'
import type { PackageManager } from '../package-manager.ts'
import { counter, histogram, toText, type Family, type Sample } from './exposition.ts'
import { pendingUpdates } from './pending.ts'

export type MetricsDeps = {
  listing: PackageManager['list']
  rebootReasons: PackageManager['rebootReasons']
  counts: () => { waiting: number; at_work: number }
  startedAt: (job_id: string) => string | null
  certificate: () => X509Certificate | null
  now: () => Date
}
export type Metrics = ReturnType<typeof metricsService>

const PREFIX = 'linux_patch_agent_'
const SECONDS = [1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600]

/** Figures of this agent: what it counted since it began, and how the host is at the moment of the question. */
export function metricsService(deps: MetricsDeps) {
  const requests = counter()
  const refusals = counter()
  const jobs = counter()
  const durations = histogram(SECONDS)

  function ended({ job_id, operation, status, completed_at }: AgentJob) {
    jobs.add({ operation, status })
    const began = deps.startedAt(job_id)
    if (began === null || completed_at === null) return
    durations.add({ operation }, (Date.parse(completed_at) - Date.parse(began)) / 1000)
  }

  return {
    request: (method: string, route: string, status: number) =>
      requests.add({ method, route, status: String(status) }),
    refused: (code: string) => refusals.add({ code }),
    hear(message: AgentSocketMessage) {
      if (message.type === 'job_complete') ended(message.payload)
    },

    async text(): Promise<string> {
      return toText([
        family('build_info', 'gauge', 'Which agent this is.', [
          { labels: { version, node: process.version }, value: 1 },
        ]),
        family('http_requests_total', 'counter', 'Requests answered.', requests.samples()),
        family(
          'refusals_total',
          'counter',
          'Connections and requests refused.',
          refusals.samples(),
        ),
        family('jobs_ended_total', 'counter', 'Jobs that ended.', jobs.samples()),
        family('job_duration_seconds', 'histogram', 'From start to end.', durations.samples()),
        ...(await hostFamilies(deps)),
        ...processFamilies(),
      ])
    },
  }
}

const family = (name: string, type: Family['type'], help: string, samples: Sample[]): Family => ({
  name: PREFIX + name,
  type,
  help,
  samples,
})

/** Of what cannot be told there is no sample. */
const gauge = (name: string, help: string, value: number | null | undefined): Family =>
  family(name, 'gauge', help, typeof value === 'number' ? [{ value }] : [])

async function hostFamilies(deps: MetricsDeps): Promise<Family[]> {
  const [listing, reasons] = await Promise.all([
    deps.listing().catch(() => null),
    deps.rebootReasons().catch(() => null),
  ])
  const pending = listing && pendingUpdates(listing.packages)
  const updated = listing?.lists_updated_at ?? null
  const age = updated === null ? null : (deps.now().getTime() - Date.parse(updated)) / 1000
  const counts = known(deps.counts)
  const expiry = deps.certificate()?.validToDate.getTime()
  return [
    gauge('jobs_waiting', 'Jobs that wait for their turn.', counts?.waiting),
    gauge('jobs_at_work', 'Jobs that change the host now.', counts?.at_work),
    gauge('pending_updates', 'Updates that are there for this host.', pending?.total),
    gauge('pending_security_updates', 'Those from a security archive.', pending?.security),
    gauge('blocked_updates', 'Those that something holds back.', pending?.blocked),
    gauge('package_lists_age_seconds', 'Since the package lists were fetched.', age),
    gauge(
      'package_lists_failed',
      'Whether the last try failed.',
      listing && Number(listing.lists_failure !== null),
    ),
    gauge('reboot_required', 'Whether a reboot is due.', reasons && Number(reasons.length > 0)),
    gauge(
      'certificate_expiry_timestamp_seconds',
      "When the host's certificate expires.",
      expiry && expiry / 1000,
    ),
  ]
}

function known<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** Under the names that every program gives these. */
function processFamilies(): Family[] {
  const { user, system } = process.cpuUsage()
  const of = (name: string, type: Family['type'], help: string, value: number): Family => ({
    name: `process_${name}`,
    type,
    help,
    samples: [{ value }],
  })
  return [
    of('cpu_seconds_total', 'counter', 'CPU time used.', (user + system) / 1e6),
    of('resident_memory_bytes', 'gauge', 'Memory in use.', process.memoryUsage.rss()),
    of('start_time_seconds', 'gauge', 'When it began.', Math.round(performance.timeOrigin) / 1000),
  ]
}
