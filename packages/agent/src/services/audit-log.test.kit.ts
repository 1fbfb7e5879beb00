import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '../files/folder.test.kit.ts'
import { readRecord, seal, type AuditRecord, type Link } from './audit-chain.ts'
import { auditFile } from './audit-file.ts'
import { auditFiles, verifyAudit } from './audit-verify.ts'

/** A log with so many records, as an agent leaves it when it stops, and the ways to spoil it. */
export function logOf(records: number) {
  const folder = newFolder()
  const [file, head] = [join(folder, 'audit.log'), join(folder, 'audit.head')]
  const open = () => auditFile({ file, head, now: () => new Date('2026-01-02T03:04:05Z') })
  const log = {
    file,
    head,
    open,
    read: () => readFileSync(file, 'utf8'),
    lines: () => log.read().trimEnd().split('\n'),
    record: (line: number) => readRecord(log.lines()[line - 1] ?? '') as AuditRecord,
    put: (lines: string[]) => writeFileSync(file, lines.map((line) => `${line}\n`).join('')),
    write(count: number) {
      const writer = open()
      for (let done = 0; done < count; done += 1)
        writer.write({ event: 'action', action: `POST /${done}` }, { keep: true })
      writer.close()
    },
    verify: () => verifyAudit(auditFiles(file), { file, head }),
    /** The first bad line and why, in short. */
    bad() {
      const { bad } = log.verify()
      return bad && `${bad.line} ${bad.why}`
    },
  }
  if (records > 0) log.write(records)
  return log
}

/** A line that somebody who knows how it is done has made to follow another one. */
export const forged = (before: Link, action = 'POST /forged') =>
  seal(before, '2026-01-02T03:04:05.000Z', { event: 'action', action }).line.trimEnd()
