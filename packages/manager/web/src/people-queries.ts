import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api, gate } from './api.ts'
import type { Filter } from './queries.ts'
import { useMay } from './rights.ts'
import { roleChoices } from './role-choices.ts'

export const useUsers = (filter: Filter<'listUsers'>) =>
  useQuery({
    queryKey: ['users', filter],
    queryFn: ({ signal }) => api.listUsers(filter, { signal }),
    placeholderData: keepPreviousData,
  })

export const useGroup = (id: string) =>
  useQuery({
    queryKey: ['groups', id],
    queryFn: ({ signal }) => api.getGroup({ id }, { signal }),
  })

export const useGroupUsers = (of: Filter<'listGroupUsers'>) =>
  useQuery({
    queryKey: ['users', 'of a group', of],
    queryFn: ({ signal }) => api.listGroupUsers(of, { signal }),
    placeholderData: keepPreviousData,
  })

export const useRoles = () =>
  useQuery({
    enabled: useMay()('listRoles'),
    queryKey: ['roles'],
    queryFn: ({ signal }) => api.listRoles({}, { signal }),
  })

export const useRoleNames = (held?: string) => roleChoices(useRoles().data?.roles, held)

/** Whether there is another place where people prove who they are, and what it is called. */
export const useSso = () =>
  useQuery({
    queryKey: ['sso'],
    queryFn: ({ signal }) => gate.getSsoConfig({}, { signal }),
  })

/** Read when the page opens, and not again while somebody types into it. */
export const useSettings = () =>
  useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => api.getSettings({}, { signal }),
    refetchOnWindowFocus: false,
  })
