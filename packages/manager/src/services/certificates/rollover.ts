import { X509Certificate } from 'node:crypto'
import { Failure } from '@linux-patch/shared/failure'
import type { Database, Stores } from '../../db/open.ts'
import { createRoot } from '../../pki/authority.ts'
import { fingerprintOf } from '../../pki/fingerprint.ts'
import type { Keys } from '../../pki/keys.ts'
import { entryBySystem } from '../audit/audit.ts'
import { holdKeys } from './held-keys.ts'

type Deps = { database: Database; now: () => Date }

export type Rollover = ReturnType<typeof rollover>

/** How many hosts are named where some have not moved. */
const NAMED = 20

/** Another root for the authority: trusted beside the old one until every host has a certificate of it. */
export function rollover({ database, now }: Deps) {
  const record = ({ audit }: Stores, action: string, details: Record<string, unknown>) =>
    audit.append(entryBySystem(now(), { action, target_type: 'ca', target_id: null, details }))

  /** `progress` is null while there is no next root. */
  async function status() {
    const rows = await database.stores.authorityRoots.list()
    const roots = rows.map(({ fingerprint, stage, stage_since, cert_pem }) => ({
      fingerprint,
      stage,
      stage_since,
      not_after: new X509Certificate(cert_pem).validToDate.toISOString(),
    }))
    const next = roots.find(({ stage }) => stage === 'next')
    if (!next) return { roots, progress: null }
    const at = now().toISOString()
    const waiting = await database.stores.hostCertificates.listNotOf(next.fingerprint, at)
    const total = await database.stores.hostCertificates.countHosts(at)
    return { roots, progress: { total, moved: total - waiting.length, waiting } }
  }

  return {
    status,

    /** Makes the next root; running managers find it within seconds. Answers its fingerprint. */
    async begin(keys: Keys): Promise<string> {
      const root = await createRoot(now())
      const { raw } = new X509Certificate(root.cert_pem)
      const fingerprint = fingerprintOf(raw)
      const secret_name = `authority-${fingerprint.slice('sha256:'.length, 23)}`
      await database.transaction(async (stores) => {
        await holdKeys(stores, keys)
        await stores.secrets.addOnce(secret_name, keys.seal(secret_name, JSON.stringify(root)))
        const { cert_pem } = root
        const stage_since = now().toISOString()
        await stores.authorityRoots.addNext({ fingerprint, cert_pem, secret_name, stage_since })
        await record(stores, 'ca_rollover_begin', { fingerprint })
      })
      return fingerprint
    },

    /** The next root takes the old one's place. Refused while hosts would be lost by it, unless forced. */
    async finish({ force }: { force: boolean }): Promise<void> {
      const { progress } = await status()
      if (!progress) throw new Failure('conflict', 'There is no next root: begin with a rollover.')
      const { waiting, total } = progress
      if (waiting.length > 0 && !force) throw notMoved(waiting, total)
      await database.transaction(async (stores) => {
        await stores.authorityRoots.finish(now().toISOString())
        await record(stores, 'ca_rollover_finish', { left_behind: waiting.map(({ id }) => id) })
      })
    },
  }
}

function notMoved(waiting: { id: string; name: string }[], total: number) {
  const named = waiting.slice(0, NAMED).map(({ name }) => name)
  const more = waiting.length > NAMED ? ' and others' : ''
  return new Failure(
    'conflict',
    `${waiting.length} of ${total} hosts have no certificate of the next root yet, and would have to enrol again: ` +
      `${named.join(', ')}${more}.`,
    { details: { waiting: waiting.map(({ id }) => id) } },
  )
}
