import { readdirSync, statSync, watch, type FSWatcher } from 'node:fs'
import { join } from 'node:path'

type Options = {
  quietMs?: number
  pollMs?: number
  /** The kernel's way to watch; another one only in tests. */
  watch?: (folder: string, onEvent: () => void) => FSWatcher
  /** Told when the kernel has no watch left to give, and the folder is looked at by the clock instead. */
  onPolling?: (error: unknown) => void
}

const QUIET_MS = 200
const POLL_MS = 3000

/**
 * Calls back once a folder has been quiet again after a change. The folder is watched and not its files,
 * because editors and configuration management put a new file in the place of the old one.
 */
export function watchFolder(folder: string, onChange: () => void, options: Options = {}) {
  const { quietMs = QUIET_MS, pollMs = POLL_MS, onPolling } = options
  const { watch: open = watch as NonNullable<Options['watch']> } = options
  let timer: NodeJS.Timeout | undefined
  const onEvent = () => {
    clearTimeout(timer)
    timer = setTimeout(onChange, quietMs)
  }
  const stop = begin()

  function begin(): () => void {
    try {
      const watcher = open(folder, onEvent)
      // A folder that goes away takes its watch with it; what is read again by the clock still notices.
      watcher.on('error', () => watcher.close())
      return () => watcher.close()
    } catch (error) {
      // The instances and watches of a host are few, and other programs may hold them all.
      if (!['EMFILE', 'ENFILE', 'ENOSPC'].includes(codeOf(error))) throw error
      onPolling?.(error)
      return pollFolder(folder, onChange, pollMs)
    }
  }

  return () => {
    clearTimeout(timer)
    stop()
  }
}

function pollFolder(folder: string, onChange: () => void, pollMs: number) {
  let known = markOf(folder)
  const timer = setInterval(() => {
    const mark = markOf(folder)
    if (mark !== known) onChange()
    known = mark
  }, pollMs)
  return () => clearInterval(timer)
}

function markOf(folder: string): string {
  try {
    const names = readdirSync(folder).toSorted()
    return names.map((name) => `${name} ${markOfFile(join(folder, name))}`).join('\n')
  } catch (error) {
    return codeOf(error)
  }
}

/** It may be gone since its name was read. */
function markOfFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.ctimeMs} ${found.size} ${found.ino}` : 'none'
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? ''
