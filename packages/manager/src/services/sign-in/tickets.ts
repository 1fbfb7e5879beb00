import { randomBytes } from 'node:crypto'
import type { Person } from '../caller.ts'
import { hashOf } from '../secret-hash.ts'

const TICKET_SECONDS = 60
/** Of one person. */
const PENDING_MAX = 100

export type Tickets = ReturnType<typeof ticketService>

/**
 * Single-use tickets that open a socket: a browser cannot send its token with the handshake. Whether whoever got one is
 * still let in is for whoever takes it to ask.
 */
export function ticketService(now: () => Date) {
  const pending = new Map<string, { person: Person; expires: number }>()

  /** They wait in the order in which they expire. */
  function forgetExpired() {
    for (const [hash, { expires }] of pending) {
      if (expires > now().getTime()) return
      pending.delete(hash)
    }
  }

  return {
    create(person: Person) {
      forgetExpired()
      // Oldest first: whoever hoards tickets loses his own.
      const own = [...pending].filter(([, held]) => held.person.user.id === person.user.id)
      if (own.length >= PENDING_MAX) pending.delete(own[0]![0])
      const ticket = randomBytes(32).toString('base64url')
      pending.set(hashOf(ticket), { person, expires: now().getTime() + TICKET_SECONDS * 1000 })
      return { ticket, expires_in: TICKET_SECONDS }
    },

    /** Whose ticket it is; the second one to ask gets nothing. */
    take(ticket: string): Person | undefined {
      const hash = hashOf(ticket)
      const found = pending.get(hash)
      pending.delete(hash)
      return found && found.expires > now().getTime() ? found.person : undefined
    },
  }
}
