import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { statOrNull } from '../files/missing.ts'

const LOCKS = ['var/lib/dpkg/lock-frontend', 'var/lib/dpkg/lock', 'var/lib/apt/lists/lock']

/** `unattended-upgr (pid 2301)`, as a person would look for it; null where all locks are free. */
export async function lockHolder(root: string): Promise<string | null> {
  const held = parseLocks(await readFile(join(root, 'proc/locks'), 'utf8'))
  // In this order, because dpkg's own lock names the child of the one who holds the first.
  for (const lock of LOCKS) {
    const path = join(root, lock)
    const inode = String((await statOrNull(path))?.ino)
    for (const { pid } of held.filter((one) => one.inode === inode))
      if (await mayHold(pid, path, root)) return nameProcess(pid, root)
  }
  return null
}

/**
 * Reads /proc/locks, the only place that shows the POSIX locks of dpkg and apt:
 *
 *     1: POSIX  ADVISORY  WRITE 2301 00:27:2188919 0 EOF
 *                               pid  device:inode
 *
 * A line with `->` is of a process that waits for a lock.
 */
export const parseLocks = (text: string): { pid: string; inode: string }[] =>
  [...text.matchAll(LINE)].map(([, pid = '', inode = '']) => ({ pid, inode }))

const LINE = /^\d+: POSIX +ADVISORY +WRITE +(\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /gm

/** Two file systems may use one inode number, so the process must have this very file open. */
async function mayHold(pid: string, path: string, root: string): Promise<boolean> {
  const folder = join(root, 'proc', pid, 'fd')
  try {
    const open = await Promise.all((await readdir(folder)).map((fd) => linkOf(join(folder, fd))))
    return open.includes(path)
  } catch {
    // Another user's process, or one that has just ended: to wait once more costs a second.
    return true
  }
}

const linkOf = (path: string) => readlink(path).catch(() => null)

async function nameProcess(pid: string, root: string): Promise<string> {
  const name = await readFile(join(root, 'proc', pid, 'comm'), 'utf8').catch(() => 'a process')
  return `${name.trim()} (pid ${pid})`
}
