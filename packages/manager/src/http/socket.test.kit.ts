import type { Manager } from '../start/manager.test.kit.ts'
import { WebSocket } from 'ws'

type Knock = { ticket?: string; headers?: Record<string, string>; path?: string }

/** For tests only: knocks at the manager's socket. Answers 101 and the socket, or the status that refused it. */
export async function knock({ port, authority }: Manager, { ticket, headers, path }: Knock = {}) {
  const query = ticket === undefined ? '' : `?ticket=${encodeURIComponent(ticket)}`
  const socket = new WebSocket(`wss://127.0.0.1:${port}${path ?? '/api/v1/ws/jobs'}${query}`, {
    ca: authority.root_pem,
    headers,
  })
  const heard: unknown[] = []
  socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString())))
  socket.on('error', () => {})
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  const status = await new Promise<number>((resolve) => {
    socket.once('open', () => resolve(101))
    socket.once('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0)
      request.destroy()
    })
    socket.once('close', () => resolve(0))
  })
  return { status, socket, heard, closed, [Symbol.dispose]: () => socket.terminate() }
}
