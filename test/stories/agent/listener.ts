import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { AgentSocketMessage } from '@linux-patch/shared/live'
import type { Host } from '../../lab/host.ts'
import { authorityOf } from '../caller.ts'
import type { Manager } from '../manager.ts'

/** Listens on an agent's socket as its manager would, and keeps what it hears. */
export async function listenTo(host: Host, manager: Manager) {
  const { manager: credentials } = await authorityOf(manager)
  const socket = new WebSocket(`wss://${host.address}:12443/api/v1/ws/jobs`, credentials)
  const heard: AgentSocketMessage[] = []
  socket.on('message', (data) => heard.push(JSON.parse((data as Buffer).toString())))
  await once(socket, 'open')
  return {
    heard,
    subscribe(job_id: string) {
      socket.send(JSON.stringify({ type: 'subscribe', payload: { job_id } }))
    },
    [Symbol.dispose]: () => socket.terminate(),
  }
}
