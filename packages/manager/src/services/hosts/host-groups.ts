import type { Groups } from '../../db/people/groups.ts'

export type HostGroups = ReturnType<typeof hostGroups>

/** How long it is believed of which groups a host is. */
const FRESH = 1000

/** Of which groups hosts are, asked for once a second at most, however much is told of them. */
export function hostGroups(groups: Pick<Groups, 'idsOfHosts'>) {
  let known = new Map<string, { group_ids: readonly string[]; until: number }>()

  return async (host_ids: readonly string[]): Promise<(host_id: string) => readonly string[]> => {
    const at = performance.now()
    const wanted = new Set(host_ids.filter((id) => (known.get(id)?.until ?? 0) <= at))
    if (wanted.size > 0) {
      const found = await groups.idsOfHosts([...wanted])
      const fresh = [...known].filter(([, { until }]) => until > at)
      const asked = [...wanted].map((id) => {
        const group_ids = found.get(id) ?? []
        return [id, { group_ids, until: at + FRESH }] as const
      })
      known = new Map([...fresh, ...asked])
    }
    return (id) => known.get(id)?.group_ids ?? []
  }
}
