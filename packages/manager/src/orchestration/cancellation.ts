import { EventEmitter, once } from 'node:events'

export type Cancellation = ReturnType<typeof cancellation>

/** When a job was cancelled. A host may refuse to stop, and then people may ask again. */
export function cancellation(requested_at: string | null) {
  const again = new EventEmitter()
  return {
    isRequested: () => requested_at !== null,

    request(at: string | null) {
      if (at === requested_at) return
      requested_at = at
      again.emit('request')
    },

    /** When it was asked for, other than at the time that was answered already: waits for it. */
    async next(answered_at: string | null, signal: AbortSignal): Promise<string> {
      while (requested_at === null || requested_at === answered_at)
        await once(again, 'request', { signal })
      return requested_at
    },
  }
}
