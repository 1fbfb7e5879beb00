import { createServer, type Server, type Socket } from 'node:net'
import type { AgentFailureCode } from '@linux-patch/shared/failure'
import { normal } from '../services/whitelist.ts'

type Deps = {
  allows: (address: string) => boolean
  /** Takes over a connection from an address that may have one. */
  accept: (socket: Socket, address: string) => void
  turnAway: (refusal: { code: AgentFailureCode; address: string; reason: string }) => void
}
export type Front = ReturnType<typeof front>

const MOST_FROM_ONE_ADDRESS = 64
const MOST_AT_ALL = 512

/**
 * What stands before TLS: an address that is not on the whitelist is reset before one byte of it is read or
 * answered, so that it cannot even learn what listens here.
 */
export function front({ allows, accept, turnAway }: Deps) {
  const open = openSockets()

  const server: Server = createServer({ noDelay: true }, (socket) => {
    const address = normal(socket.remoteAddress ?? '')
    // A peer may vanish at any moment; without a listener that would end the process.
    socket.on('error', () => socket.destroy())
    const reason = reasonAgainst(address)
    if (reason) {
      turnAway({ code: 'AUTHZ_IP_DENIED', address, reason })
      return void socket.resetAndDestroy()
    }
    open.add(address, socket)
    accept(socket, address)
  })

  function reasonAgainst(address: string): string | null {
    if (!allows(address)) return 'not on the whitelist'
    if (open.count(address) >= MOST_FROM_ONE_ADDRESS) return 'too many connections'
    return open.count() >= MOST_AT_ALL ? 'too many connections in all' : null
  }

  return {
    server,
    connections: () => open.count(),

    /** Closes what the whitelist no longer allows. */
    recheck() {
      for (const address of open.addresses().filter((address) => !allows(address))) {
        turnAway({ code: 'AUTHZ_IP_DENIED', address, reason: 'no longer on the whitelist' })
        for (const socket of open.from(address)) socket.resetAndDestroy()
      }
    },

    closeAll() {
      for (const address of open.addresses())
        for (const socket of open.from(address)) socket.destroy()
    },
  }
}

function openSockets() {
  const sockets = new Map<Socket, string>()
  return {
    add(address: string, socket: Socket) {
      sockets.set(socket, address)
      socket.once('close', () => sockets.delete(socket))
    },
    count: (address?: string) =>
      address === undefined
        ? sockets.size
        : [...sockets.values()].filter((other) => other === address).length,
    addresses: () => [...new Set(sockets.values())],
    from: (address: string) =>
      [...sockets].filter(([, other]) => other === address).map(([socket]) => socket),
  }
}
