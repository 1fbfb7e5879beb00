import type { LogLine, PackageChange, Rollback } from '@linux-patch/shared/agent-job'
import type { JobHost } from '@linux-patch/shared/job'
import { hostName } from '../hosts/columns.ts'
import type { Db, Row } from '../schema.ts'
import { inScope, type Scope } from '../scope.ts'

/** As people sort: web-2 before web-10. */
export const { compare: compareNames } = new Intl.Collator('en', { numeric: true })

/** The names of each job's hosts that are in the scope. */
export async function hostNamesOf(
  db: Db,
  job_ids: string[],
  scope: Scope,
): Promise<Map<string, string[]>> {
  if (job_ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('job_host')
    .innerJoin('host', 'host.id', 'host_id')
    .select(['job_id', hostName.as('host_name')])
    .where('job_id', 'in', job_ids)
    .where(inScope(scope, 'host.id'))
    .execute()
  const names = Map.groupBy(rows, ({ job_id }) => job_id)
  return new Map(
    [...names].map(([id, of]) => [id, of.map(({ host_name }) => host_name).toSorted(compareNames)]),
  )
}

/** A job host by host, with the log of each that is in the scope. */
export async function jobHostsOf(db: Db, job_id: string, scope: Scope): Promise<JobHost[]> {
  const rows = await db
    .selectFrom('job_host')
    .innerJoin('host', 'host.id', 'host_id')
    .select(['job_host.id', 'host_id', hostName.as('host_name'), 'job_host.status'])
    .select([
      'agent_job_id',
      'cancel_requested_at',
      'cancel_refused',
      'progress_percent',
      'message',
      'error_code',
      'last_error',
    ])
    .select(['reboot_required', 'rollback', 'changes', 'updated_at', 'completed_at'])
    .where('job_id', '=', job_id)
    .where(inScope(scope, 'host.id'))
    .execute()
  const logs = await logsOf(db, job_id, scope)
  return rows
    .map(({ id, ...row }) => ({ ...readPart(row), logs: logs.get(id) ?? [] }))
    .toSorted((a, b) => compareNames(a.host_name, b.host_name))
}

type Stored = Pick<Row<'job_host'>, 'reboot_required' | 'rollback' | 'changes'>

/** What a part did, as it is told. */
export const readPart = <Part extends Stored>({
  reboot_required,
  rollback,
  changes,
  ...part
}: Part) => ({
  ...part,
  reboot_required: reboot_required === null ? null : reboot_required === 1,
  rollback: rollback === null ? null : (JSON.parse(rollback) as Rollback),
  changes: JSON.parse(changes) as PackageChange[],
})

async function logsOf(db: Db, job_id: string, scope: Scope): Promise<Map<string, LogLine[]>> {
  const rows = await db
    .selectFrom('job_log')
    .innerJoin('job_host', 'job_host.id', 'part_id')
    .select(['part_id', 'timestamp', 'level', 'job_log.message'])
    .where('job_id', '=', job_id)
    .where(inScope(scope, 'job_host.host_id'))
    .orderBy('part_id')
    .orderBy('sequence')
    .execute()
  const logs = new Map<string, LogLine[]>()
  for (const { part_id, ...line } of rows) {
    const lines = logs.get(part_id)
    if (lines) lines.push(line)
    else logs.set(part_id, [line])
  }
  return logs
}
