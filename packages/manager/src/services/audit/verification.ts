import type { AuditIntegrity } from '@linux-patch/shared/audit'
import type { Database } from '../../db/open.ts'
import { isSound } from './ends.ts'
import type { AuditPlace } from './keeping.ts'
import { readNote } from './note.ts'
import { verifyChain } from './verify.ts'
import { entryBySystem, entryFor } from './audit.ts'
import type { ManagerCall } from '../caller.ts'

type Deps = AuditPlace & { database: Database; now: () => Date }

/** Verifies the audit for people, from the page or from the manager's own machine; also that is put on record. */
export function auditVerification({ database, chain, known_file, now }: Deps) {
  const { stores } = database

  async function verify(signal?: AbortSignal) {
    return verifyChain({ stores, chain, note: await readNote(known_file), signal })
  }

  /** Where the end of the chain is not to be gone on from, the verdict is all there is. */
  const record = async ({ valid, checked, first_bad }: AuditIntegrity, call?: ManagerCall) => {
    if (!isSound(chain, await stores.auditWalk.head())) return
    if (await stores.auditWalk.beyondHead()) return
    const what = {
      action: 'audit_verify',
      target_type: 'audit',
      target_id: null,
      outcome: valid ? 'success' : 'failure',
      details: { valid, checked, first_bad },
    } as const
    await stores.audit.append(call ? entryFor(call, now(), what) : entryBySystem(now(), what))
  }

  return {
    async verifyFor(_input: object, call: ManagerCall): Promise<AuditIntegrity> {
      const verdict = await verify(call.signal)
      await record(verdict, call)
      return verdict
    },

    /** Whoever is at the machine hears the verdict also where it cannot be put on record. */
    verifyHere: (): Promise<AuditIntegrity> => verify(),
    recordHere: (verdict: AuditIntegrity): Promise<void> => record(verdict),
  }
}
