import { setTimeout as wait } from 'node:timers/promises'
import { Failure } from '@linux-patch/shared/failure'
import type { Agents } from '../../agents/connect.ts'
import type { Revoking } from '../../db/certificates/revoked.ts'
import type { CertificateRecord, Certificates } from '../../db/certificates/certificates.ts'
import type { Database, Stores } from '../../db/open.ts'
import type { ReachableHost } from '../../db/hosts/list.ts'
import type { Log } from '../../log.ts'
import type { RevocationLists } from './revocation-lists.ts'

type Deps = {
  database: Database
  agents: Agents
  lists: Pick<RevocationLists, 'issue'>
  log: Log
}

export type Revocation = ReturnType<typeof revocationService>

const MINUTE = 60_000
/** How long a host may go on with the certificate that another one has taken the place of. */
const GRACE = 5 * MINUTE
/** How many hosts are told at once, and for how long whoever revokes waits for them. */
const AT_ONCE = 64
const PATIENCE = 1000

/** Ends certificates before their time. */
export function revocationService({ database, agents, lists, log }: Deps) {
  const { certificates, hosts } = database.stores

  /** Drops what is open to revoked certificates, whichever manager revoked them. */
  async function dropRevoked() {
    agents.drop(await certificates.revokedAmong(agents.serials()))
  }

  /** Has every host that answers fetch the new list now. Those that do not hear of it fetch it in their own time. */
  async function tellHosts() {
    const waiting = await hosts.listReachable()
    const tellNext = async () => {
      for (let host = waiting.pop(); host; host = waiting.pop()) await tell(host)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, tellNext))
  }

  async function tell({ id, ...address }: ReachableHost) {
    try {
      await agents.at({ host_id: id, ...address }).reloadConfig()
    } catch (error) {
      const reason = error instanceof Failure ? error.message : String(error)
      log.warn({ host_id: id, reason }, 'host not told to read its certificates again')
    }
  }

  return {
    /**
     * Marks certificates as revoked, in the transaction that the caller has open; answers those that were not
     * before. After it, `published` makes it count.
     */
    revoke: (
      stores: Stores,
      certificate_ids: string[],
      revoking: Revoking,
    ): Promise<CertificateRecord[]> => stores.certificates.revoke(certificate_ids, revoking),

    /** Makes what was revoked count: here at once, on hosts that answer within seconds. */
    async published(): Promise<void> {
      await lists.issue()
      await dropRevoked()
      const over = new AbortController()
      const late = wait(PATIENCE, undefined, { signal: over.signal }).catch(() => {})
      await Promise.race([tellHosts().finally(() => over.abort()), late])
    },

    dropRevoked,
    tellHosts,
  }
}

/** Whether a host's certificate counts no longer. One that nobody recorded is judged by its signature alone. */
export const isOver =
  (certificates: Certificates, now: () => Date) =>
  async (serial: string): Promise<boolean> => {
    const { status, superseded_at } = (await certificates.findBySerial(serial)) ?? {}
    if (status !== 'superseded' || superseded_at == null) return status === 'revoked'
    return now().getTime() - Date.parse(superseded_at) > GRACE
  }
