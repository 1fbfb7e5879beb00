import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'
import { liveCache } from './live-cache.ts'
import { listen, type LiveState } from './live.ts'
import { useMay } from './rights.ts'

const Live = createContext<LiveState | null>(null)

/** How the page hears of changes: by socket, or, until that is back, by asking often; null where it may only ask. */
export const useLive = () => useContext(Live)

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient()
  const may = useMay()('createTicket')
  const [state, setState] = useState<LiveState>('connecting')

  useEffect(() => {
    // Each try would be refused, and every refusal goes on record.
    if (!may) return
    const cache = liveCache(queries)
    return listen({
      onMessage: (message) => cache.apply(message),
      onState(next) {
        setState(next)
        if (next === 'live') cache.askAll()
      },
    })
  }, [queries, may])

  return <Live value={may ? state : null}>{children}</Live>
}
