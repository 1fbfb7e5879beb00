import { Agent } from 'node:https'
import type { Duplex } from 'node:stream'
import { AgentSocketMessage } from '@linux-patch/shared/live'
import type { buildConnector } from 'undici'
import { WebSocket } from 'ws'
import { originOf, type Address } from './tls.ts'

export type Following = {
  onMessage: (message: AgentSocketMessage) => void
  /** The socket is gone, or never came: ask by polling from now on. */
  onLost: () => void
}

const MESSAGE_LIMIT = 4 * 1024 * 1024
const SILENCE = 45_000

/** Opens an agent's socket about one job. Returns how to close it. */
export function followJob(
  address: Address,
  connect: buildConnector.connector,
  jobId: string,
  following: Following,
) {
  const socket = new WebSocket(`${originOf(address).replace('https', 'wss')}/api/v1/ws/jobs`, {
    agent: dialling(connect, address),
    handshakeTimeout: 10_000,
    maxPayload: MESSAGE_LIMIT,
    perMessageDeflate: false,
  })
  const alive = watchSilence(socket)
  let open = true
  const lose = () => {
    if (!open) return
    open = false
    alive.stop()
    socket.terminate()
    following.onLost()
  }

  socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', job_id: jobId })))
  socket.on('message', (data: Buffer) => {
    if (!open) return
    const message = readMessage(data)
    if (!message || message.type === 'error') return lose()
    following.onMessage(message)
  })
  socket.on('close', lose)
  socket.on('error', lose)

  return () => {
    open = false
    alive.stop()
    socket.terminate()
  }
}

/** The way that calls take as well, so that both accept the same certificates. */
function dialling(connect: buildConnector.connector, { ip_address, agent_port }: Address): Agent {
  const place = { protocol: 'https:', hostname: ip_address, port: String(agent_port) }
  const agent = new Agent({ maxSockets: 1 })
  agent.createConnection = (_options, callback) => {
    connect(place, (error, socket) => callback?.(error, socket as Duplex))
    return undefined
  }
  return agent
}

/** A host may be hostile: what is not a message of the contract ends the conversation. */
function readMessage(data: Buffer): AgentSocketMessage | undefined {
  try {
    return AgentSocketMessage.parse(JSON.parse(data.toString('utf8')))
  } catch {
    return undefined
  }
}

/** A host that lost its power says nothing, not even goodbye: silence for too long ends the socket. */
function watchSilence(socket: WebSocket) {
  let heard = Date.now()
  const hear = () => {
    heard = Date.now()
  }
  for (const event of ['message', 'ping', 'pong', 'open']) socket.on(event, hear)
  const timer = setInterval(() => {
    if (Date.now() - heard > SILENCE) socket.terminate()
    else if (socket.readyState === WebSocket.OPEN) socket.ping()
  }, SILENCE / 3)
  return { stop: () => clearInterval(timer) }
}
