import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { Host } from '@linux-patch/shared/host'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { HostRecord } from '../../db/hosts/hosts.ts'
import type { Database, Stores } from '../../db/open.ts'
import type { Scope } from '../../db/scope.ts'
import { recording } from '../audit/audit.ts'
import { personOf, scopeOf, type ManagerCall } from '../caller.ts'
import { conflictWith } from '../enrollment/host-conflict.ts'
import type { HostView } from './host-view.ts'
import { revokeAllOf } from '../enrollment/leaving.ts'
import type { Live } from '../live.ts'
import type { Revocation } from '../certificates/revocation.ts'

type Deps = {
  database: Database
  revocation: Pick<Revocation, 'revoke' | 'published'>
  live: Live
  view: HostView
  now: () => Date
}
type Retiring = Input<ManagerApi['retireHost']>

/** Hosts that people enter, describe and let go. */
export function hostEdits({ database, revocation, live, view, now }: Deps) {
  /** It has no certificate yet: that is issued afterwards, or it enrols and is merged with this one. */
  async function add(input: Input<ManagerApi['addHost']>, call: ManagerCall): Promise<Host> {
    const { group_ids, tags, notes, machine_id, ...facts } = input
    const scope = scopeOf(call)
    const host = await database.transaction(async (stores) => {
      await stores.groups.hold(group_ids, scope)
      await refuseKnown(stores, scope, { ...facts, machine_id: machine_id ?? '' })
      const { id } = await stores.hosts.add({
        ...facts,
        machine_id: machine_id ?? '',
        os: null,
        agent_version: null,
        key_fingerprint: '',
        registered_at: now().toISOString(),
      })
      await stores.hosts.update(id, { tags, notes })
      await stores.groups.addHost(id, group_ids)
      await record(stores, call, { action: 'host_add', id, details: input })
      return stores.hosts.get(id, scope)
    })
    live.changed('hosts')
    return view.toHost(host)
  }

  async function change(
    { id, ...changes }: Input<ManagerApi['changeHost']>,
    call: ManagerCall,
  ): Promise<Host> {
    const scope = scopeOf(call)
    const host = await database.transaction(async (stores) => {
      const before = await stores.hosts.get(id, scope)
      if (before.retired_at !== null)
        throw new Failure('conflict', `${before.name} has left and is not changed any more.`)
      const { ip_address } = changes
      if (ip_address !== undefined)
        await refuseKnown(stores, scope, { machine_id: '', fqdn: '', ip_address, own: id })
      await stores.hosts.update(id, changes)
      await record(stores, call, { action: 'host_change', id, details: changes })
      return stores.hosts.get(id, scope)
    })
    live.changed('hosts')
    return view.toHost(host)
  }

  /** Its certificates are revoked and its row is kept. Once more, it changes nothing. */
  async function retire({ id, force, reason }: Retiring, call: ManagerCall): Promise<void> {
    if (force && reason === '')
      throw new Failure('invalid_request', 'Say the reason for which a host with jobs is let go.')
    const { user } = personOf(call)
    const at = now().toISOString()
    const hasLeft = await database.transaction(async (stores) => {
      const host = await stores.hosts.get(id, scopeOf(call))
      if (host.retired_at !== null) return false
      const jobs = await stores.activeJobsOf(id)
      if (jobs > 0 && !force) throw blocked(host, jobs)
      await stores.hosts.retire(id, reason, at)
      const revoking = { reason: 'cessationOfOperation' as const, by: user.id, at }
      const revoked = await revokeAllOf(revocation, stores, { host_id: id, ...revoking })
      const details = { name: host.name, reason, force, jobs, revoked }
      await record(stores, call, { action: 'host_retire', id, details })
      return true
    })
    if (!hasLeft) return
    live.changed('hosts')
    await revocation.published()
  }

  const record = recording('host', now)

  return { add, change, retire }
}

type Facts = Pick<HostRecord, 'machine_id' | 'fqdn' | 'ip_address'> & { own?: string }

async function refuseKnown({ hosts }: Stores, scope: Scope, { own, ...facts }: Facts) {
  const known = (await hosts.findAlike(facts)).find(({ id }) => id !== own)
  if (!known) return
  throw await conflictWith(
    hosts,
    { known, scope },
    (name) => `This machine id, name or address belongs to ${name}, which is managed already.`,
  )
}

const blocked = ({ name }: HostRecord, jobs: number) =>
  new Failure(
    'blocked_by_dependencies',
    `${name} has ${jobs} ${jobs === 1 ? 'job that has' : 'jobs that have'} not ended: cancel them, or say force and a reason.`,
    { details: { dependencies: { jobs } } },
  )
