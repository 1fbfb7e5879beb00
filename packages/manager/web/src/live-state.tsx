import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'
import { liveCache } from './live-cache.ts'
import { listen, type LiveState } from './live.ts'

const Live = createContext<LiveState>('connecting')

/** How the page hears of changes: by socket, or, until that is back, by asking often. */
export const useLive = () => useContext(Live)

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient()
  const [state, setState] = useState<LiveState>('connecting')

  useEffect(() => {
    const cache = liveCache(queries)
    return listen({
      onMessage: (message) => cache.apply(message),
      onState(next) {
        setState(next)
        if (next === 'live') cache.askAll()
      },
    })
  }, [queries])

  return <Live value={state}>{children}</Live>
}
