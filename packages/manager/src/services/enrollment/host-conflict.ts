import { Failure } from '@linux-patch/shared/failure'
import type { HostRecord, Hosts } from '../../db/hosts/hosts.ts'
import type { Scope } from '../../db/scope.ts'

type Known = { known: Pick<HostRecord, 'id' | 'name'>; scope: Scope }

/** Another host is in the way, which is named only to those who see it. `say` words it. */
export async function conflictWith(
  hosts: Pick<Hosts, 'listUnseen'>,
  { known: { id, name }, scope }: Known,
  say: (name: string) => string,
): Promise<Failure> {
  const [unseen] = await hosts.listUnseen([id], scope)
  if (unseen !== undefined) return new Failure('conflict', say('a host that is not of your groups'))
  return new Failure('conflict', say(name), { details: { conflict: { host: { id, name } } } })
}
