import type { Answer } from '@linux-patch/shared/contract'
import { isRetryable } from '@linux-patch/shared/failure'
import type { ManagerApi, managerApi } from '@linux-patch/shared/manager-api'
import { keepPreviousData, QueryClient, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from './api.ts'
import { useLive } from './live-state.tsx'

export type Filter<Name extends keyof ManagerApi> = z.input<(typeof managerApi)[Name]['input']>
export type Listed<Name extends keyof ManagerApi> = Answer<ManagerApi[Name]>

export const newQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        retry: (count, error) => count < 1 && isRetryable(error),
        // A browser that believes it is offline would wait in silence; a failed request says so.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })

/** While the socket lives it says when to ask again, and asking anyway is only the net below it. */
function usePolling(seconds: number) {
  return { refetchInterval: (useLive() === 'live' ? 60 : seconds) * 1000 }
}

export const useEnrollments = (enabled = true) =>
  useQuery({
    enabled,
    queryKey: ['enrollments'],
    queryFn: ({ signal }) => api.listEnrollments({ limit: 100 }, { signal }),
    ...usePolling(5),
  })

export const useJoinCodes = () =>
  useQuery({
    queryKey: ['join_codes'],
    queryFn: ({ signal }) => api.listJoinCodes({ limit: 100 }, { signal }),
    ...usePolling(10),
  })

export const useGroups = () =>
  useQuery({
    queryKey: ['groups'],
    queryFn: ({ signal }) => api.listGroups({ limit: 1000 }, { signal }),
  })

export const useAuthority = () =>
  useQuery({
    queryKey: ['authority'],
    queryFn: ({ signal }) => api.getAuthority({}, { signal }),
    staleTime: Infinity,
  })

export const useHosts = (filter: Filter<'listHosts'>) =>
  useQuery({
    queryKey: ['hosts', filter],
    queryFn: ({ signal }) => api.listHosts(filter, { signal }),
    placeholderData: keepPreviousData,
    ...usePolling(10),
  })

export const useHost = (id: string | undefined) =>
  useQuery({
    queryKey: ['host', id],
    queryFn: ({ signal }) => api.getHost({ id: id ?? '' }, { signal }),
    enabled: id !== undefined,
    ...usePolling(10),
  })

export const useCertificates = (filter: Filter<'listCertificates'>) =>
  useQuery({
    queryKey: ['certificates', filter],
    queryFn: ({ signal }) => api.listCertificates(filter, { signal }),
    placeholderData: keepPreviousData,
    ...usePolling(10),
  })

export const useJobs = (filter: Filter<'listJobs'>) =>
  useQuery({
    queryKey: ['jobs', filter],
    queryFn: ({ signal }) => api.listJobs(filter, { signal }),
    placeholderData: keepPreviousData,
    ...usePolling(5),
  })

export const useJob = (id: string) =>
  useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => api.getJob({ id }, { signal }),
    ...usePolling(2),
  })

/** Asked anew whenever it is shown, and then left alone: hosts answer so many a minute, and what is read must not move. */
export const usePreview = (job: Filter<'previewJob'>) =>
  useQuery({
    queryKey: ['preview', job],
    queryFn: ({ signal }) => api.previewJob(job, { signal }),
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  })
