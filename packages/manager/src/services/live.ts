import type { SocketMessage } from '@linux-patch/shared/live'

export type Live = ReturnType<typeof liveService>
type Changed = Extract<SocketMessage, { type: 'changed' }>['payload']['what']
type Listener = (message: SocketMessage) => void

/** Tells every open page what has just happened, so that it need not ask again and again. */
export function liveService() {
  const listeners = new Set<Listener>()
  const tell = (message: SocketMessage) => {
    for (const listener of listeners) listener(message)
  }
  return {
    tell,
    changed: (what: Changed) => tell({ type: 'changed', payload: { what } }),
    /** Returns how to stop listening. */
    listen(listener: Listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
