import { builtInRoles } from '@linux-patch/shared/permissions'
import { useQuery } from '@tanstack/react-query'
import { api } from './api.ts'

/** Read when the page opens, and not again while somebody types into it. */
export const useSettings = () =>
  useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => api.getSettings({}, { signal }),
    refetchOnWindowFocus: false,
  })

/** The roles that there are. */
export const useRoleNames = () => Object.keys(builtInRoles)
