import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { seal, type Fields, type Link } from './audit-chain.ts'
import { writeHead } from './audit-head.ts'
import { readTail } from './audit-tail.ts'

type Deps = { file: string; head: string; now: () => Date }
type Open = { handle: number; inode: number; size: number; last: Link }
export type AuditFile = ReturnType<typeof auditFile>

export const LARGEST_FILE = 10 * 1024 * 1024
export const OLD_FILES = 5

/**
 * The one writer of the log. Each record names the hash of the one before it, also across files. What `write` was
 * told to keep is on the disk when it returns; the rest at the next such record, at `sync`, or at the end.
 */
export function auditFile({ file, head, now }: Deps) {
  let open: Open | undefined
  let isDirty = false

  function append(at: Open, fields: Fields & { event: string }, before = '') {
    const { record, line } = seal(at.last, now().toISOString(), fields)
    writeAll(at.handle, before + line)
    at.size += Buffer.byteLength(before + line)
    at.last = record
    isDirty = true
  }

  function begin(): Open {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const { last, found, isOpen } = readTail({ file, head })
    const handle = openSync(file, 'a', 0o600)
    syncFolder(dirname(file))
    const { ino, size } = statSync(file)
    const begun = { handle, inode: ino, size, last }
    // What was cut short becomes a line of its own together with the record that says so.
    for (const [index, fields] of found.entries())
      append(begun, fields, isOpen && index === 0 ? '\n' : '')
    return begun
  }

  function end() {
    if (!open) return
    sync()
    closeSync(open.handle)
    open = undefined
  }

  function sync() {
    if (!open || !isDirty) return
    fsyncSync(open.handle)
    writeHead(head, open.last)
    isDirty = false
  }

  /** Somebody else may have moved, cut or written the file: then what is there is looked at anew. */
  function current(): Open {
    if (open && !isOurs(file, open)) leave()
    if (open && open.size >= LARGEST_FILE) {
      end()
      turnOver(file)
    }
    return (open ??= begin())
  }

  function leave() {
    if (open) closeSync(open.handle)
    open = undefined
  }

  return {
    /** Looks at what an agent before this one left. */
    start() {
      current()
      sync()
    },
    write(fields: Fields & { event: string }, { keep }: { keep: boolean }) {
      append(current(), fields)
      if (keep) sync()
    },
    sync,
    close: end,
  }
}

function isOurs(file: string, { inode, size }: Open) {
  const now = existsSync(file) ? statSync(file) : undefined
  return now?.ino === inode && now.size === size
}

function writeAll(handle: number, text: string) {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done)
}

function turnOver(file: string) {
  for (let age = OLD_FILES - 1; age >= 1; age -= 1)
    if (existsSync(`${file}.${age}`)) renameSync(`${file}.${age}`, `${file}.${age + 1}`)
  renameSync(file, `${file}.1`)
}

function syncFolder(folder: string) {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
