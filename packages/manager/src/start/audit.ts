import type { AuditIntegrity } from '@linux-patch/shared/audit'
import { auditVerification } from '../services/audit/verification.ts'
import { withKeys, type Keeping } from './keeping.ts'
import { knownFile } from './open.ts'

/** Verifies the audit from the command line, also while a manager runs. Answers what to tell, in lines. */
export const verifyAudit = (deps: Keeping): Promise<{ valid: boolean; lines: string[] }> =>
  withKeys(deps, async ({ database, chain }) => {
    const place = { chain, known_file: knownFile(deps.config) }
    const verification = auditVerification({ ...place, database, now: deps.now })
    const verdict = await verification.verifyHere()
    const unrecorded = await complaintOf(() => verification.recordHere(verdict))
    return { valid: verdict.valid, lines: [...linesOf(verdict), ...unrecorded] }
  })

async function complaintOf(recording: () => Promise<void>): Promise<string[]> {
  try {
    await recording()
    return []
  } catch (error) {
    return [`That it was verified could not be put on record: ${(error as Error).message}`]
  }
}

function linesOf(verdict: AuditIntegrity): string[] {
  const { first_bad, checked, from_seq, head, last_checkpoint, chained_to, known_outside } = verdict
  const rows = `${checked} rows are right, from number ${from_seq} on.`
  if (first_bad) {
    const { fault, seq, id, message } = first_bad
    const row = id === null ? `${seq}` : `${seq}, ${id}`
    return [
      `The audit is not as it was written. Row ${row}, ${fault}: ${message}`,
      rows,
      'Keep a copy of the database and of audit-known.json as they are; docs/runbooks/audit.md says what to do then.',
    ]
  }
  const known = known_outside
    ? `Known outside the database: row ${known_outside.seq}, at ${known_outside.at}.`
    : 'Nothing is known outside the database: there is no audit-known.json here.'
  return [
    `The audit is as it was written. ${rows}`,
    ...(head ? [`It ends with row ${head.seq}, ${head.hash}.`] : []),
    ...(last_checkpoint
      ? [`Last checkpoint: row ${last_checkpoint.seq}, at ${last_checkpoint.at}.`]
      : []),
    known,
    ...(chained_to > 0
      ? [
          `Rows up to ${chained_to} were written by an earlier version, and put into the chain later.`,
        ]
      : []),
  ]
}

/** The key that checkpoints and what is known outside are signed with, for others to check them. */
export const auditKey = (deps: Keeping): Promise<string> =>
  withKeys(deps, ({ chain }) => Promise.resolve(chain.public_key_pem.trim()))
