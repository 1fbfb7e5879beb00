import type { Host } from '@linux-patch/shared/host'

type Waiting = Pick<Host, 'certificate_fetched_at' | 'last_failure'>

/** What an approved host that was never reached is waited for. */
export function waitingWords({ certificate_fetched_at, last_failure }: Waiting): string {
  if (certificate_fetched_at === null)
    return 'Approved; its agent has not fetched its certificate yet'
  const fetched = 'Its agent has its certificate, and was not reached yet'
  return last_failure === null ? fetched : `${fetched}: ${last_failure}`
}
