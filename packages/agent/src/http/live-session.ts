import { setTimeout as wait } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import { AgentSocketRequest, type AgentSocketMessage } from '@linux-patch/shared/live'
import type { Caller } from '../pki/peer.ts'
import { subscriptions, toError, type Jobs } from './subscriptions.ts'

type Deps = {
  socket: WebSocket
  caller: Caller
  jobs: Pick<Jobs, 'get'>
  mostWaiting: number
}

const MOST_REQUESTS_BETWEEN_PINGS = 300

/** One open socket: what it asks for, and what it is told. */
export function liveSession({ socket, caller, jobs, mostWaiting }: Deps) {
  const send = speaker(socket, mostWaiting)
  const asked = subscriptions({ jobs, send })
  const answer = answering(send, asked)
  let turn = Promise.resolve()
  let answered = true
  let requests = 0

  socket.on('pong', () => (answered = true))
  socket.on('error', () => socket.terminate())
  socket.on('message', (data, isBinary) => {
    if (++requests > MOST_REQUESTS_BETWEEN_PINGS) return socket.close(1008, 'too many requests')
    const text = isBinary ? '' : (data as Buffer).toString()
    // One after the other, and only as fast as the answers are read.
    turn = turn.then(() => drained(socket, mostWaiting)).then(() => answer(text))
  })

  return {
    hear: asked.hear,

    /** Ends a socket whose other end is gone, or whose certificate has expired since. */
    tick(now: Date) {
      requests = 0
      if (!answered || caller.not_after <= now) return socket.terminate()
      answered = false
      socket.ping()
    },
  }
}

type Send = (message: AgentSocketMessage) => void

const speaker =
  (socket: WebSocket, mostWaiting: number): Send =>
  (message) => {
    if (socket.readyState !== socket.OPEN) return
    // Whoever does not read is cut off: it can come back and is told the whole state again.
    if (socket.bufferedAmount > mostWaiting) return socket.terminate()
    socket.send(JSON.stringify(message))
  }

async function drained(socket: WebSocket, mostWaiting: number) {
  while (socket.readyState === socket.OPEN && socket.bufferedAmount > mostWaiting / 4)
    await wait(20)
}

const answering = (send: Send, asked: ReturnType<typeof subscriptions>) => async (text: string) => {
  const request = AgentSocketRequest.safeParse(readJson(text)).data
  if (!request) return send(toError('INVALID_REQUEST', 'Not a message of this socket.'))
  if ('job_id' in request)
    return request.type === 'subscribe' ? asked.add(request.job_id) : asked.remove(request.job_id)
  return request.type === 'ping' ? send({ type: 'pong', payload: {} }) : asked.all()
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
