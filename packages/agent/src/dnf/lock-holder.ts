import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { orNull, statOrNull } from '../files/missing.ts'

const PID_FILES = [
  'var/lib/dnf/rpmdb_lock.pid',
  'var/cache/dnf/download_lock.pid',
  'var/cache/dnf/metadata_lock.pid',
]
const LOCKS = [
  'var/lib/dnf/system-repo.lock',
  'run/dnf/rpmtransaction.lock',
  'var/lib/rpm/.rpm.lock',
  'usr/lib/sysimage/rpm/.rpm.lock',
]

/** Who may have left its number in a file of dnf's; another process may have been given that number since. */
const PROGRAMS = /^(dnf|yum|python|platform-python|packagekit|microdnf)/

/** `dnf (pid 2301)`, as a person would look for it; null where all locks are free. */
export async function lockHolder(root: string): Promise<string | null> {
  for (const file of PID_FILES) {
    const pid = (await orNull(readFile(join(root, file), 'utf8')))?.trim()
    const name = pid && /^\d+$/.test(pid) ? await nameOf(pid, root) : null
    if (name && PROGRAMS.test(name)) return `${name} (pid ${pid})`
  }
  return holderInKernel(root)
}

/**
 * The locks of dnf 5, and rpm's own, which a plain `rpm --install` holds too. Reads /proc/locks:
 *
 *     1: POSIX  ADVISORY  WRITE 2301 00:27:2188919 0 EOF
 *                               pid  device:inode
 */
async function holderInKernel(root: string): Promise<string | null> {
  const text = await readFile(join(root, 'proc/locks'), 'utf8')
  for (const lock of LOCKS) {
    const found = await statOrNull(join(root, lock))
    const line = new RegExp(
      `^\\d+: POSIX +ADVISORY +WRITE +(\\d+) [0-9a-f]+:[0-9a-f]+:${found?.ino} `,
      'm',
    )
    const pid = found ? line.exec(text)?.[1] : undefined
    if (pid) return `${(await nameOf(pid, root)) ?? 'a process'} (pid ${pid})`
  }
  return null
}

/** Null where there is no such process. */
const nameOf = async (pid: string, root: string) =>
  (await orNull(readFile(join(root, 'proc', pid, 'comm'), 'utf8')))?.trim() ?? null
