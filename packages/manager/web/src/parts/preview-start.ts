import { isRetryable } from '@linux-patch/shared/failure'
import type { HostPreview, JobPreview } from '@linux-patch/shared/job-preview'

type Previewed = { data: JobPreview | undefined; error: unknown }

/**
 * How a job is started from its preview: bound to what is shown. Where nothing is, it is started blindly, unless what
 * stood in the way of the preview would refuse the job too.
 */
export function startFrom({ data, error }: Previewed) {
  if (data) return { word: 'Start job', isOffered: true, expected_digests: digestsOf(data.hosts) }
  const word = error ? 'Start without a preview' : 'Start job'
  return { word, isOffered: isRetryable(error), expected_digests: {} }
}

const digestsOf = (hosts: HostPreview[]) =>
  Object.fromEntries(
    hosts.flatMap(({ host_id, transaction }) =>
      transaction ? [[host_id, transaction.digest]] : [],
    ),
  )
