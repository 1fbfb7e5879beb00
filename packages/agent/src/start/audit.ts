import type { Places } from '../config-places.ts'
import { Failure } from '@linux-patch/shared/failure'
import { auditFiles, verifyAudit, type Place } from '../services/audit-verify.ts'

/** What there is to say about the audit log, or about one file of it: line by line, and the first bad one last. */
export function verify({ audit, auditHead }: Places, file?: string) {
  const { records, last, crashes, bad } = reading(() =>
    file === undefined
      ? verifyAudit(auditFiles(audit), { file: audit, head: auditHead })
      : verifyAudit([file], null),
  )
  const summary = last
    ? `${records} records, the last is number ${last.seq} with ${last.hash}.`
    : 'No records.'
  return {
    isWhole: bad === null,
    text: [...crashes.map(inWords), bad ? inWords(bad) : summary].join('\n'),
  }
}

const inWords = ({ file, line, why }: Place) => `${file}: line ${line} ${why}.`

function reading<Answer>(read: () => Answer): Answer {
  try {
    return read()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Failure('SERVICE_UNHEALTHY', `The log cannot be read: ${why}`, { cause })
  }
}
