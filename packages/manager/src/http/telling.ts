import type { SocketMessage } from '@linux-patch/shared/live'
import type { WebSocket } from 'ws'
import type { Log } from '../log.ts'
import type { Person } from '../services/caller.ts'
import { hears, hostIn } from '../services/hearing.ts'
import type { HostGroups } from '../services/hosts/host-groups.ts'

type Deps = { people: ReadonlyMap<WebSocket, Person>; groupsOf: HostGroups; log: Log }

/** A reader that lets this much pile up is closed: it can come back and ask. */
const BACKLOG = 1024 * 1024

/**
 * Passes on what has happened to everybody who may hear it, in the order in which it did. For those who see some hosts
 * only, the groups of many hosts are asked for in one question, and what happens meanwhile waits for the next.
 */
export function telling({ people, groupsOf, log }: Deps): (message: SocketMessage) => void {
  let waiting: SocketMessage[] = []
  let isBusy = false

  const scoped = () => [...people].filter(([, { scope }]) => scope !== 'all')

  async function tellScoped() {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      const groups = await groupsOf(batch.map(hostIn).filter((id) => id !== undefined))
      const audience = scoped()
      for (const message of batch) {
        const text = JSON.stringify(message)
        for (const [socket, person] of audience)
          if (hears(person, message, groups)) send(socket, text)
      }
    }
  }

  async function tellSoon() {
    if (isBusy) return
    isBusy = true
    try {
      await tellScoped()
    } catch (error) {
      log.warn({ err: error }, 'open pages were not told what happened, and have to ask')
      waiting = []
      for (const [socket] of scoped()) socket.terminate()
    } finally {
      isBusy = false
    }
  }

  return (message) => {
    const text = JSON.stringify(message)
    let isWanted = false
    for (const [socket, person] of people)
      if (person.scope !== 'all') isWanted = true
      else if (hears(person, message, () => [])) send(socket, text)
    if (!isWanted) return
    waiting.push(message)
    void tellSoon()
  }
}

function send(socket: WebSocket, text: string) {
  if (socket.bufferedAmount > BACKLOG) socket.terminate()
  else socket.send(text)
}
