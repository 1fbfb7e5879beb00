import type { SocketMessage } from '@linux-patch/shared/live'
import type { Permission } from '@linux-patch/shared/permissions'
import { isIn } from '../db/scope.ts'
import type { Person } from './caller.ts'
import { mayDo } from './people/rights.ts'

type Changed = Extract<SocketMessage, { type: 'changed' }>['payload']['what']

const reading = {
  hosts: 'host:read',
  enrollments: 'enrollment:read',
  certificates: 'cert:read',
  jobs: 'job:read',
} as const satisfies Record<Changed, Permission>

/** The host that a message is about, if it is about one. */
export const hostIn = ({ payload }: SocketMessage): string | undefined =>
  'host_id' in payload ? payload.host_id : undefined

/**
 * Whether somebody hears of what has happened: of what he may read, on hosts that he sees. `groupsOf` knows the groups
 * of a host. That something has changed is no news of any host; how a whole job stands is heard with the host that moved it.
 */
export function hears(
  person: Person,
  message: SocketMessage,
  groupsOf: (host_id: string) => readonly string[],
): boolean {
  if (message.type === 'changed') return mayDo(person, reading[message.payload.what])
  if (!mayDo(person, 'job:read')) return false
  if (person.scope === 'all') return true
  const host_id = hostIn(message)
  return host_id !== undefined && isIn(person.scope, groupsOf(host_id))
}
