import { useQuery } from '@tanstack/react-query'
import { api } from './api.ts'

/** The tokens of whoever is signed in. */
export const useOwnTokens = () =>
  useQuery({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => api.listApiTokens({ limit: 100 }, { signal }),
  })

/** Where whoever is signed in is signed in. */
export const useOwnSessions = () =>
  useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => api.listOwnSessions({}, { signal }),
  })
