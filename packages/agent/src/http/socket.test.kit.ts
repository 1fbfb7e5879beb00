import { once } from 'node:events'
import { WebSocket, type ClientOptions } from 'ws'
import type { AgentSocketMessage } from '@linux-patch/shared/live'
import type { world } from './world.test.kit.ts'

type World = Awaited<ReturnType<typeof world>>

export const dial = ({ port, caller }: World, options: ClientOptions = {}) =>
  new WebSocket(`wss://127.0.0.1:${port}/api/v1/ws/jobs`, { ...caller, ...options })

/** An open socket, and everything that it has heard. */
export async function follow(agent: World) {
  const socket = dial(agent)
  const heard: AgentSocketMessage[] = []
  socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString())))
  await once(socket, 'open')
  return {
    socket,
    heard,
    say: (message: unknown) => socket.send(JSON.stringify(message)),
    /** Everything said before is answered once this is. */
    async settled() {
      socket.send('{"type":"ping"}')
      while (heard.at(-1)?.type !== 'pong') await once(socket, 'message')
      return heard.splice(0).filter(({ type }) => type !== 'pong')
    },
    [Symbol.dispose]: () => socket.terminate(),
  }
}

export const status = (job_id: string, progress_percent = 50): AgentSocketMessage => ({
  type: 'job_status',
  payload: {
    job_id,
    status: 'running',
    progress_percent,
    message: '',
    updated_at: '2026-01-02T03:04:06.000Z',
  },
})

export async function refused(socket: WebSocket) {
  const [error] = await once(socket, 'error')
  return String(error.message)
}
