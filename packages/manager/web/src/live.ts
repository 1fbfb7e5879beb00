import { basePath } from '@linux-patch/shared/contract'
import { SocketMessage } from '@linux-patch/shared/live'
import { api } from './api.ts'

export type LiveState = 'connecting' | 'live' | 'reconnecting'
type Listener = {
  onMessage: (message: SocketMessage) => void
  onState: (state: LiveState) => void
}

const SECOND = 1000

/** Listens to the manager until the returned function is called. Each try needs a new ticket. */
export function listen({ onMessage, onState }: Listener): () => void {
  const stop = new AbortController()
  let tries = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function open() {
    const { ticket } = await api.createTicket({}, { signal: stop.signal })
    if (stop.signal.aborted) return
    const socket = new WebSocket(addressOf(ticket))
    stop.signal.addEventListener('abort', () => socket.close(), { once: true })
    socket.addEventListener('open', () => {
      tries = 0
      onState('live')
    })
    socket.addEventListener('message', ({ data }) => onMessage(read(data)))
    socket.addEventListener('close', again)
  }

  function again() {
    if (stop.signal.aborted) return
    onState('reconnecting')
    // Spread out, so that a manager that restarts is not asked by every page at once.
    const most = Math.min(30, 2 ** tries++) * SECOND
    timer = setTimeout(() => void open().catch(again), most * (0.5 + Math.random() / 2))
  }

  onState('connecting')
  void open().catch(again)
  return () => {
    clearTimeout(timer)
    stop.abort()
  }
}

function addressOf(ticket: string) {
  const address = new URL(`${basePath}/ws/jobs`, location.href)
  address.protocol = address.protocol === 'http:' ? 'ws:' : 'wss:'
  address.searchParams.set('ticket', ticket)
  return address
}

const read = (data: unknown) => SocketMessage.parse(JSON.parse(String(data)))
