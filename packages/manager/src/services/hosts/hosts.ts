import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Audit } from '../../db/audit/audit.ts'
import type { Hosts } from '../../db/hosts/hosts.ts'
import { entryFor } from '../audit/audit.ts'
import { scopeOf, type ManagerCall } from '../caller.ts'
import type { HostReading } from './host-reading.ts'
import type { HostView } from './host-view.ts'

type Deps = { hosts: Hosts; audit: Audit; reading: HostReading; view: HostView; now: () => Date }

export const hostService = ({ hosts, audit, reading, view, now }: Deps) => ({
  async list({ limit, offset, ...filter }: Input<ManagerApi['listHosts']>, call: ManagerCall) {
    const scope = scopeOf(call)
    const { rows, total } = await hosts.list({ ...filter, scope, limit, offset })
    return { hosts: rows.map(view.toHost), total, limit, offset }
  },

  async get({ id }: Input<ManagerApi['getHost']>, call: ManagerCall) {
    return view.toDetail(await hosts.get(id, scopeOf(call)))
  },

  /** Reads the host now. What stops it is the caller's answer, and stays on record with the host. */
  async refresh({ id }: Input<ManagerApi['refreshHost']>, call: ManagerCall) {
    const scope = scopeOf(call)
    const host = await hosts.get(id, scope)
    const what = { action: 'host_refresh', target_type: 'host', target_id: id }
    await audit.append(entryFor(call, now(), what))
    const failure = await reading.read(host)
    if (failure) throw inOurWords(failure)
    return view.toDetail(await hosts.get(id, scope))
  },
})

/** A host's own code would travel with its own status: its 429 is not that of the manager. */
function inOurWords(failure: Failure): Failure {
  const { code, message } = failure
  if (code === 'host_unreachable' || code === 'host_refused') return failure
  return new Failure('host_refused', message, { cause: failure, details: { code } })
}
