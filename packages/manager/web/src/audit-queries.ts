import { useInfiniteQuery } from '@tanstack/react-query'
import { api } from './api.ts'
import type { Filter } from './queries.ts'

export type AuditFilter = Omit<Filter<'listAudit'>, 'cursor' | 'limit'>

/** Page after page, from the newest row to older ones. */
export const useAudit = (filter: AuditFilter) =>
  useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam: cursor, signal }) =>
      api.listAudit({ ...filter, cursor, limit: 50 }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  })
