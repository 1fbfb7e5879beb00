import type { Status } from './status.ts'
import { harmless, nameSome } from './text.ts'

type Row = [name: string, text: string]

const WIDTH = 15
const UNKNOWN = 'unknown'

/** The status as a person reads it: a name and what there is to say of it, line by line. */
export function statusText(status: Status): string {
  const rows: Row[] = [
    ['Agent', `${status.agent ?? UNKNOWN}, version ${status.version}`],
    ['Health', status.health.status],
    ...Object.entries(status.health.details).map(([check, why]): Row => ['', `${check}: ${why}`]),
    ['Certificate', untilText(status)],
    ...jobRows(status),
    ['Updates', updatesText(status)],
    ['Package lists', listsText(status)],
    ['Reboot', rebootText(status)],
  ]
  return rows.map(([name, text]) => name.padEnd(WIDTH) + harmless(text)).join('\n')
}

function jobRows({ jobs, now }: Status): Row[] {
  if (jobs === null) return [['Running', UNKNOWN]]
  const running = jobs.filter(({ status }) => status === 'running').map(runningText(now))
  const waiting = jobs.filter(({ status }) => status === 'pending').map(jobText)
  return [...named('Running', running), ...named('Waiting', waiting)]
}

/** The name stands before the first of its lines. */
const named = (name: string, lines: string[]): Row[] =>
  (lines.length > 0 ? lines : ['nothing']).map((line, index) => [index === 0 ? name : '', line])

type Job = NonNullable<Status['jobs']>[number]

const jobText = ({ operation, names }: Job) => `${operation} ${nameSome(names)}`.trimEnd()

const runningText = (now: Date) => (job: Job) => {
  const { progress_percent, message, scheduled_at } = job
  if (scheduled_at) return `${jobText(job)}: due ${timeText(new Date(scheduled_at), now)}`
  return `${jobText(job)}: ${progress_percent} %, ${message}`
}

function untilText({ certificate_until: until, now }: Status): string {
  if (!until) return 'none: this host is not enrolled'
  return `${until <= now ? 'expired' : 'until'} ${timeText(until, now)}`
}

function updatesText({ updates }: Status): string {
  if (!updates) return UNKNOWN
  const { total, security, blocked } = updates
  return `${total}, of them ${security ?? UNKNOWN} for security; ${blocked} held back`
}

function listsText({ lists_updated_at: at, lists_failure: failure, now }: Status): string {
  const fetched = at ? `fetched ${timeText(at, now)}` : 'never fetched, or not readable'
  return failure ? `${fetched}; the last try failed: ${failure}` : fetched
}

function rebootText({ reboot_reasons: reasons }: Status): string {
  if (!reasons) return UNKNOWN
  return reasons.length > 0 ? `due: ${reasons.join(' ')}` : 'not needed'
}

const units = [
  ['days', 24 * 3600],
  ['hours', 3600],
  ['minutes', 60],
] as const

/** A moment and how far it is, in its largest unit: `2026-01-02 03:04 UTC (in 12 days)`. */
function timeText(at: Date, now: Date): string {
  const seconds = Math.abs(at.getTime() - now.getTime()) / 1000
  const [unit, length] = units.find(([, one]) => seconds >= 2 * one) ?? ['seconds', 1]
  const far = `${Math.floor(seconds / length)} ${unit}`
  const moment = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `${moment} (${at > now ? `in ${far}` : `${far} ago`})`
}
