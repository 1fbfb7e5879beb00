import type { Input } from '@linux-patch/shared/contract'
import type { AgentApi } from '@linux-patch/shared/agent-api'

export type JobFilter = Input<AgentApi['listJobs']>

const columns = { created_at: 'created_at', updated_at: 'updated_at', status: 'status' } as const
const directions = { asc: 'ASC', desc: 'DESC' } as const

export function filterOf({ status, operation }: JobFilter) {
  const conditions = ['TRUE']
  const values: Record<string, string> = {}
  if (status) {
    conditions.push('status IN (SELECT value FROM json_each(:status))')
    values['status'] = JSON.stringify(status)
  }
  if (operation) {
    conditions.push('operation = :operation')
    values['operation'] = operation
  }
  return { where: conditions.join(' AND '), values }
}

/** Jobs of the same moment keep the order in which they came, so that no page repeats or skips one. */
export function pageOf({ sort, order, limit, offset }: JobFilter) {
  const direction = directions[order]
  const sorting = `${columns[sort]} ${direction}, rowid ${direction}`
  return `ORDER BY ${sorting} LIMIT ${Number(limit)} OFFSET ${Number(offset)}`
}
