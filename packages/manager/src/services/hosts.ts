import type { Input } from '@linux-patch/shared/contract'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Hosts } from '../db/hosts.ts'
import type { HostReading } from './host-reading.ts'
import type { HostView } from './host-view.ts'

type Deps = { hosts: Hosts; reading: HostReading; view: HostView }

export const hostService = ({ hosts, reading, view }: Deps) => ({
  async list({ limit, offset, ...filter }: Input<ManagerApi['listHosts']>) {
    const { rows, total } = await hosts.list({ ...filter, limit, offset })
    return { hosts: rows.map(view.toHost), total, limit, offset }
  },

  async get({ id }: Input<ManagerApi['getHost']>) {
    return view.toDetail(await hosts.get(id))
  },

  /** Reads the host now. What stops it is the caller's answer, and stays on record with the host. */
  async refresh({ id }: Input<ManagerApi['refreshHost']>) {
    const failure = await reading.read(await hosts.get(id))
    if (failure) throw failure
    return view.toDetail(await hosts.get(id))
  },
})
